//! Delivers what runs have left to be sent: at least once, with the same bytes and the same key on each attempt.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::{Timestamp, later};
use cuebook_core::effect::{Attempt, AttemptOutcome};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::{CallError, EffectId, retry};
use cuebook_effects::{Delivered, Delivery, Passage, kinds};
use cuebook_store::{ClaimedSend, SendKinds, SendsWanted, SettledAs, Settlement, StoreError};
use futures::FutureExt as _;

use crate::back_off::{BackOff, until_available};
use crate::doubt::Doubt;
use crate::worker::Shared;

/// So many sends that are no mails are under way at most.
pub(crate) const IN_HAND: u32 = 200;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// After so long a send whose host is full is looked at again, at the earliest.
const FULL: Duration = Duration::from_secs(1);
/// So much later comes each further one of them, so that about a thousand a second are looked at however many there are.
const EACH: Duration = Duration::from_millis(1);
/// After so long it is looked at again at the latest.
const FULL_AT_MOST: Duration = Duration::from_mins(1);

/// Delivers until the worker stops.
///
/// Mails and other sends have places of their own, so that a mail server that stalls holds up no webhook. What is claimed
/// begins at once: a send whose host has as many requests as it gets is given back instead of holding a place.
pub(crate) async fn work(shared: Arc<Shared>) {
    let mut back_off = BackOff::default();
    let mut doubt = Doubt::default();
    // How many were given back one after the other.
    let mut refused: u32 = 0;
    let Shared {
        parts,
        mails,
        sends,
        stopping,
        ..
    } = &*shared;
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = mails.room() => {}
            _ = sends.room() => {}
        }
        let wanted = [
            SendsWanted {
                kinds: SendKinds::Only(kinds::MAIL),
                limit: mails.free(),
            },
            SendsWanted {
                kinds: SendKinds::AllBut(kinds::MAIL),
                limit: sends.free(),
            },
        ];
        // A claim is never given up half-way: what it took must come into our hands.
        let in_hand = || mails.list().into_iter().chain(sends.list());
        let claimed = match doubt
            .settle(|| parts.store.release_sends_except(in_hand()))
            .await
        {
            Ok(()) => parts.store.claim_sends_of(wanted.to_vec()).await,
            Err(error) => Err(error),
        };
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "sends cannot be claimed for now");
                doubt.after(&error);
                back_off.pause().await;
                continue;
            }
        };
        back_off = BackOff::default();
        let count = |mail: bool| claimed.iter().filter(|send| is_mail(send) == mail).count();
        let [mails_full, sends_full] = [(true, wanted[0]), (false, wanted[1])]
            .map(|(mail, wanted)| count(mail) >= wanted.limit as usize);
        let mut not_begun = Vec::new();
        for send in claimed {
            let claim = (send.id, send.fence);
            if !begin(&shared, send) {
                not_begun.push(claim);
            }
        }
        let poll = if not_begun.is_empty() { POLL } else { FULL };
        refused = match u32::try_from(not_begun.len()) {
            Ok(0) => 0,
            count => refused.saturating_add(count.unwrap_or(u32::MAX)),
        };
        put_back(&shared, not_begun, refused).await;
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = mails.room(), if mails_full => {}
            _ = sends.room(), if sends_full => {}
            () = parts.store.wakes().sends.notified() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

fn is_mail(send: &ClaimedSend) -> bool {
    send.kind == kinds::MAIL
}

/// Begins the attempt at a claimed send. Says whether it is begun: not where its host is full, or where the worker stops.
fn begin(shared: &Arc<Shared>, send: ClaimedSend) -> bool {
    if shared.stopping.is_cancelled() {
        return false;
    }
    let Some(passage) = shared.parts.effects.passage(&delivery(&send)) else {
        return false;
    };
    let in_hand = if is_mail(&send) {
        &shared.mails
    } else {
        &shared.sends
    };
    let place = in_hand.take(send.id, send.fence);
    let for_send = shared.clone();
    shared.tracker.spawn(async move {
        let delivery = deliver(&for_send, send, passage);
        let settled = for_send.abandon.run_until_cancelled(delivery).await;
        // One that was begun and not settled is no stray: its attempt is open.
        if settled == Some(true) {
            place.leave();
        }
    });
    true
}

/// Gives back what was claimed and not begun, the last of `refused` in a row.
async fn put_back(shared: &Shared, not_begun: Vec<(EffectId, i64)>, refused: u32) {
    if not_begun.is_empty() {
        return;
    }
    let Shared { parts, abandon, .. } = shared;
    let now = parts.clock.now();
    let due = if shared.stopping.is_cancelled() {
        now
    } else {
        later(now, (FULL + EACH * refused).min(FULL_AT_MOST))
    };
    let putting = until_available(|| parts.store.put_back_sends(not_begun.clone(), due));
    if let Some(Err(error)) = abandon.run_until_cancelled(putting).await {
        tracing::error!(%error, "sends that were not begun could not be given back");
    }
}

fn delivery(send: &ClaimedSend) -> Delivery<'_> {
    Delivery {
        kind: &send.kind,
        target: &send.target,
        key: &send.key,
        envelope: &send.envelope,
        body: &send.body,
    }
}

/// Makes one attempt at a send and settles it. Gives whether it is settled, or another process has it.
async fn deliver(shared: &Shared, send: ClaimedSend, passage: Passage) -> bool {
    let parts = &shared.parts;
    let started_at = parts.clock.now();
    let outcome = AssertUnwindSafe(parts.effects.deliver(&delivery(&send), passage))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(panicked(&send.kind)));
    let ended_at = parts.clock.now();
    let number = send.attempts.saturating_add(1);
    let (settled, attempt) = settle(
        outcome,
        number,
        (started_at, ended_at),
        parts.chance.fraction(),
    );
    parts.metrics.send_attempted(&send.kind, attempt.outcome);
    tracing::info!(
        effect = %send.id,
        run = %send.run_id,
        event = %send.event_id,
        kind = send.kind,
        attempt = number,
        outcome = attempt.outcome.as_str(),
        status = attempt.status,
        "send attempted"
    );
    let settlement = Settlement {
        id: send.id,
        fence: send.fence,
        attempt,
        outcome: settled,
    };
    match until_available(|| parts.store.settle_send(settlement.clone())).await {
        Ok(()) | Err(StoreError::Fenced) => true,
        Err(error) => {
            tracing::error!(effect = %send.id, %error, "the outcome of a send could not be recorded");
            false
        }
    }
}

/// What an attempt at a send comes to. Sends are at least once: one whose outcome nobody can know is recorded as
/// doubtful, and repeated.
fn settle(
    outcome: Result<Delivered, AttemptError>,
    number: u32,
    (started_at, ended_at): (Timestamp, Timestamp),
    fraction: f64,
) -> (SettledAs, Attempt) {
    let again = |after| {
        retry::send_pause(number, after, fraction)
            .map(|pause| SettledAs::RetryAt(later(ended_at, pause)))
    };
    let attempt = |outcome, status, error, answer| Attempt {
        number,
        started_at,
        ended_at,
        outcome,
        status,
        error,
        answer,
    };
    match outcome {
        Ok(Delivered { status, answer }) => (
            SettledAs::Done,
            attempt(AttemptOutcome::Done, status, None, answer),
        ),
        Err(AttemptError {
            error,
            decision,
            answer,
            ..
        }) => {
            let (settled, outcome) = match decision {
                Decision::Fail => (SettledAs::Failed, AttemptOutcome::Failed),
                Decision::Retry { after } => match again(after) {
                    Some(settled) => (settled, AttemptOutcome::Retry),
                    None => (SettledAs::Failed, AttemptOutcome::Failed),
                },
                Decision::Unknown => (
                    again(None).unwrap_or(SettledAs::Unknown),
                    AttemptOutcome::Unknown,
                ),
            };
            let CallError {
                message, status, ..
            } = error;
            (settled, attempt(outcome, status, Some(message), answer))
        }
    }
}

fn panicked(kind: &str) -> AttemptError {
    AttemptError::unknown(CallError::new(
        "internal",
        format!("{kind} ended by a fault of Cuebook's; whether it was sent is not known"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn judge(outcome: Result<Delivered, AttemptError>, number: u32) -> (SettledAs, Attempt) {
        settle(outcome, number, (AT, AT), 0.5)
    }

    fn error() -> CallError {
        CallError::new("smtp", "451 try again later").with_status(451)
    }

    fn in_seconds(seconds: u64) -> SettledAs {
        SettledAs::RetryAt(later(AT, Duration::from_secs(seconds)))
    }

    #[test]
    fn a_delivered_send_is_done() {
        let delivered = Delivered {
            status: Some(250),
            answer: None,
        };
        let (settled, attempt) = judge(Ok(delivered), 1);
        assert_eq!(settled, SettledAs::Done);
        assert_eq!((attempt.number, attempt.status), (1, Some(250)));
    }

    #[test]
    fn a_passing_failure_is_tried_again_until_the_attempts_are_used_up() {
        let outcome = || Err(AttemptError::retry(error(), None));
        let (settled, attempt) = judge(outcome(), 1);
        assert_eq!(settled, in_seconds(5));
        assert_eq!(attempt.outcome, AttemptOutcome::Retry);
        let (settled, attempt) = judge(outcome(), 10);
        assert_eq!(settled, SettledAs::Failed);
        assert_eq!(attempt.outcome, AttemptOutcome::Failed);
        assert_eq!(attempt.error.as_deref(), Some("451 try again later"));
    }

    #[test]
    fn what_is_refused_for_good_is_not_tried_again() {
        let (settled, _) = judge(Err(AttemptError::fail(error())), 1);
        assert_eq!(settled, SettledAs::Failed);
    }

    #[test]
    fn a_doubtful_attempt_is_recorded_as_such_and_repeated() {
        let outcome = || Err(AttemptError::unknown(error()));
        let (settled, attempt) = judge(outcome(), 2);
        assert_eq!(settled, in_seconds(300));
        assert_eq!(attempt.outcome, AttemptOutcome::Unknown);
        assert_eq!(judge(outcome(), 10).0, SettledAs::Unknown);
    }
}
