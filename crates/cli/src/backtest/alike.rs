//! Whether a rehearsed run does just what its past run did: told without making anything, since mostly it does.
//!
//! Where this says no, the effects are compared one by one, and may turn out to be the same after all.

use cuebook_core::journal::{SendRequest, StepKind};
use cuebook_core::send::{PreparedSend, Route};
use cuebook_rules::rehearse::Rehearsal;
use cuebook_store::{PastEffect, PastRun};

/// Whether both do the same at the same places, to the byte.
pub(super) fn alike(past: &PastRun, run: &Rehearsal) -> bool {
    sent_alike(past, run) && asked_alike(past, run)
}

/// The sends whose content stands in the ledger.
fn sent_alike(past: &PastRun, run: &Rehearsal) -> bool {
    let mut before = past.effects.iter().filter(|effect| effect.body.is_some());
    let mut after = run
        .sends()
        .flat_map(|send| send.parts.iter().map(move |part| (send, part)))
        .filter(|(_, part)| part.route == Route::Outbox);
    loop {
        match (before.next(), after.next()) {
            (None, None) => return true,
            (Some(effect), Some((send, part))) if is_same(effect, send, part) => {}
            _ => return false,
        }
    }
}

fn is_same(effect: &PastEffect, send: &SendRequest, part: &PreparedSend) -> bool {
    effect.kind == send.question.function
        && effect.path == send.path
        && effect.body.as_ref().is_some_and(|body| {
            same_bytes(&effect.kind, &body.body, &part.body) && body.envelope == part.envelope
        })
}

/// The calls that write, and the sends of which only a digest is kept.
fn asked_alike(past: &PastRun, run: &Rehearsal) -> bool {
    let mut left = past
        .steps
        .values()
        .filter(|step| match step.entry.kind {
            StepKind::Write => true,
            StepKind::Send => matches!(step.entry.answer, Some(Ok(_))),
            _ => false,
        })
        .count();
    for write in run.writes() {
        let step = past.steps.get(&write.path).filter(|step| {
            step.entry.kind == StepKind::Write
                && step.entry.question.function == write.question.function
                && step.arguments == write.arguments
        });
        if step.is_none() || left == 0 {
            return false;
        }
        left -= 1;
    }
    for send in run.sends() {
        let parts = send.parts.iter();
        match parts.filter(|part| part.route != Route::Outbox).count() {
            0 => continue,
            1 if left > 0 => {}
            _ => return false,
        }
        let step = past.steps.get(&send.path).filter(|step| {
            step.entry.kind == StepKind::Send
                && matches!(step.entry.answer, Some(Ok(_)))
                && step.entry.question == send.question
        });
        if step.is_none() {
            return false;
        }
        left -= 1;
    }
    left == 0
}

/// Whether what a function sends is the same. A mail has a date, which differs between two times that it is built.
pub(super) fn same_bytes(function: &str, one: &[u8], other: &[u8]) -> bool {
    if function != "email::send" {
        return one == other;
    }
    let ((before, after), (other_before, other_after)) = (around_date(one), around_date(other));
    before == other_before && after == other_after
}

/// What stands before and after the line of the date; all and nothing where there is none among the headers.
fn around_date(mail: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(rest) = mail.get(at..) {
        // A line that goes on a header begins with a space, and an empty one ends them.
        let is_date = rest.starts_with(b"Date: ") && at > 0;
        if rest.starts_with(b"\r\n") {
            break;
        }
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            break;
        };
        let next = at + end + 1;
        if is_date {
            let (before, _) = mail.split_at(at);
            return (before, mail.get(next..).unwrap_or_default());
        }
        at = next;
    }
    (mail, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same_mails(one: &str, other: &str) -> bool {
        same_bytes("email::send", one.as_bytes(), other.as_bytes())
    }

    #[test]
    fn two_mails_are_the_same_whenever_they_were_built() {
        let mail = |date: &str, text: &str| {
            format!("From: a\r\nDate: {date}\r\nTo: b\r\n\r\nDate: {text}")
        };
        assert!(same_mails(
            &mail("Mon, 1", "kept"),
            &mail("Tuesday, 2", "kept")
        ));
        assert!(!same_mails(
            &mail("Mon, 1", "kept"),
            &mail("Mon, 1", "other")
        ));
    }

    #[test]
    fn a_date_in_the_text_is_no_header() {
        let mail = |date: &str| format!("To: b\r\n\r\n\r\nDate: {date}\r\n");
        assert!(same_mails(&mail("x"), &mail("x")));
        assert!(!same_mails(&mail("x"), &mail("y")));
        assert!(same_mails("", ""));
    }

    #[test]
    fn what_is_no_mail_has_no_date() {
        let body = |date: &str| format!("a\r\nDate: {date}\r\n").into_bytes();
        assert!(same_bytes("webhook::send", &body("1"), &body("1")));
        assert!(!same_bytes("webhook::send", &body("1"), &body("2")));
    }
}
