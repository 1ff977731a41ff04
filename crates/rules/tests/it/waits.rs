//! `sleep` and `sleep_until`.

use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::journal::StepKind;
use cuebook_core::value::Value;
use cuebook_rules::Outcome;

use crate::driver::{failure, run, start};

#[test]
fn sleep_ends_the_segment_and_wakes_when_it_is_due() {
    let mut run = run(r#"
        email::send(#{ to: "before@example.com" });
        sleep("3d");
        email::send(#{ to: "after@example.com" });
        "#);
    let pass = run.pass();
    let Outcome::Waiting { step } = &pass.outcome else {
        panic!()
    };
    assert_eq!(step.kind, StepKind::Wait);
    assert_eq!(step.wake_at, Some(start() + TimeDelta::days(3)));
    assert_eq!(step.answer, None);
    assert_eq!(step.line, Some(3));
    assert_eq!(pass.sends.len(), 1);
    keep_sends(&mut run, &pass);

    run.later(Duration::from_mins(1));
    let early = run.pass();
    let Outcome::Waiting { step } = &early.outcome else {
        panic!("it woke too early")
    };
    assert_eq!(
        step.wake_at,
        Some(start() + TimeDelta::days(3)),
        "not a new wait"
    );
    assert!(early.sends.is_empty());

    run.later(Duration::from_hours(72));
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(pass.steps.len(), 1);
    assert_eq!(pass.steps[0].answer, Some(Ok(Value::Unit)));
    let targets: Vec<&str> = pass
        .sends
        .iter()
        .map(|send| send.parts[0].target.as_str())
        .collect();
    assert_eq!(targets, ["after@example.com"]);
}

#[test]
fn sleep_until_says_how_late_it_woke() {
    let mut run = run(r#"
        let woken = sleep_until(time::parse("2026-03-02T09:00:00Z"));
        log::info(woken.late);
        "#);
    assert!(matches!(run.pass().outcome, Outcome::Waiting { .. }));
    run.later(Duration::from_hours(21) + Duration::from_secs(7));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "7");
}

#[test]
fn an_instant_that_is_past_is_answered_at_once() {
    let mut run = run("log::info(sleep_until(event.received_at).late); sleep(\"0s\");");
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(pass.steps.len(), 2);
    assert_eq!(run.said(), "0");
}

#[test]
fn waits_cannot_be_caught() {
    let mut run = run(r#"try { [1].map(|x| sleep("1d")); } catch { log::info("caught"); }"#);
    assert!(matches!(run.pass().outcome, Outcome::Waiting { .. }));
    assert!(run.logs.is_empty());
}

#[test]
fn what_is_no_length_of_time_is_refused_at_its_line() {
    let mut run = run("\n\nsleep(\"soon\");");
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(
        reason.starts_with("new-booking/test.rhai:3: sleep: length: "),
        "{reason}"
    );
}

/// Records the sends of a segment, as the store does when it ends.
fn keep_sends(run: &mut crate::driver::Run, pass: &cuebook_rules::Pass) {
    use cuebook_core::journal::Entry;
    let journal = std::sync::Arc::make_mut(&mut run.input.journal);
    for send in &pass.sends {
        journal.steps.insert(
            send.path.clone(),
            Entry {
                question: send.question.clone(),
                kind: StepKind::Send,
                answer: Some(Ok(Value::Unit)),
                wake_at: None,
            },
        );
    }
}
