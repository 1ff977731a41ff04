//! `wait_for`, as far as a script sees it: what it asks for, and what it makes of the answer.

use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::event_wait::EventWait;
use cuebook_core::events::EventType;
use cuebook_core::journal::{StepKind, StepRecord};
use cuebook_core::value::Value;
use cuebook_rules::{Outcome, Pass};

use crate::driver::{Run, engine, event, failure, run, run_on, start};

const PAYMENT: &str = r#"{"type":"new-payment","payload":{"booking_pid":293233446073,"payment_pid":"007",
    "payment_method":"m","currency":"CHF","amount":"50.00"}}"#;

fn awaiting(pass: &Pass) -> (&StepRecord, &EventWait) {
    match &pass.outcome {
        Outcome::Awaiting { step, wait } => (step, wait),
        other => panic!("it should wait: {other:?}"),
    }
}

/// Answers the step at `path` as the store does when an event comes.
fn come(run: &mut Run, path: &str, body: &str) {
    let answer = event(body).to_value();
    let journaled = serde_json::to_vec(&answer).unwrap();
    run.answer(path, Ok(serde_json::from_slice(&journaled).unwrap()));
}

#[test]
fn it_ends_the_segment_and_says_what_it_waits_for() {
    let mut run = run(r#"
        email::send(#{ to: "before@example.com" });
        let payment = wait_for("new-payment", #{ booking_pid: event.payload.booking_pid, currency: "CHF", vip: true }, "14d");
        "#);
    let pass = run.pass();
    let (step, wait) = awaiting(&pass);
    assert_eq!(step.kind, StepKind::Wait);
    assert_eq!((step.answer.as_ref(), step.line), (None, Some(3)));
    let deadline = start() + TimeDelta::days(14);
    assert_eq!((step.wake_at, wait.deadline), (Some(deadline), deadline));
    assert_eq!(wait.types, [EventType::from_wire("new-payment")]);
    assert_eq!(wait.subject.as_str(), "293233446073");
    let fields: Vec<(&str, &str)> = wait
        .fields
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("booking_pid", "293233446073"),
            ("currency", "CHF"),
            ("vip", "true")
        ]
    );
    assert_eq!(pass.sends.len(), 1, "what was sent before goes out");
}

#[test]
fn its_answer_has_the_properties_of_an_event() {
    let mut run = run(r#"
        let payment = wait_for("new-payment", #{}, "14d");
        log::info(`${payment.type} ${payment.payload.amount + 0.50} ${payment.payload.payment_pid} ${payment.subject}`);
        log::info(`${payment.origin} ${payment.received_at == event.received_at} ${payment.payload.seat == ()}`);
        log::info(payment.id);
        "#);
    assert!(matches!(run.pass().outcome, Outcome::Awaiting { .. }));
    come(&mut run, "0", PAYMENT);
    assert_eq!(run.pass().outcome, Outcome::Completed);
    let said: Vec<&str> = run.logs.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "new-payment 50.50 007 293233446073",
            "webhook true true",
            event(PAYMENT).id.to_string().as_str(),
        ]
    );
}

#[test]
fn it_waits_on_until_the_first_deadline_and_then_answers_with_nothing() {
    let mut run = run(r#"
        if wait_for(["new-payment", "booking-cancelled"], #{}, "14d") == () { skip("nothing came"); }
        "#);
    let deadline = awaiting(&run.pass()).1.deadline;
    run.later(Duration::from_hours(24));
    let again = run.pass();
    assert_eq!(awaiting(&again).1.deadline, deadline, "not a new wait");
    assert_eq!(awaiting(&again).1.types.len(), 2);
    run.later(Duration::from_hours(13 * 24));
    let pass = run.pass();
    let reason = "nothing came".to_owned();
    assert_eq!(pass.outcome, Outcome::Skipped { reason });
    assert_eq!(pass.steps[0].answer, Some(Ok(Value::Unit)));
}

#[test]
fn one_without_time_asks_whether_the_event_is_there_already() {
    let mut run = run(r#"log::info(wait_for("new-payment", #{}, "0s") == ());"#);
    assert!(matches!(run.pass().outcome, Outcome::Awaiting { .. }));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "true");
}

#[test]
fn the_subject_is_the_booking_else_the_person_among_the_fields_else_the_runs_own() {
    for (fields, subject) in [
        (r#"#{ person_pid: "P", booking_pid: 7 }"#, "7"),
        (r#"#{ person_pid: "P", payment_pid: "x" }"#, "P"),
        (r#"#{ payment_pid: "x" }"#, "293233446073"),
    ] {
        let mut run = run(&format!("wait_for(\"new-payment\", {fields}, \"1d\");"));
        assert_eq!(
            awaiting(&run.pass()).1.subject.as_str(),
            subject,
            "{fields}"
        );
    }
}

#[test]
fn a_run_about_nothing_has_to_name_what_it_waits_about() {
    let tick = r#"{"type":"tick","payload":{}}"#;
    let source = |fields| format!("\n\nwait_for(\"new-payment\", {fields}, \"1d\");");
    let mut run = run_on(engine(), &source(r#"#{ payment_pid: "x" }"#), tick);
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(
        reason.starts_with(
            "new-booking/test.rhai:3: wait_for: fields needs `booking_pid` or `person_pid`"
        ),
        "{reason}"
    );
    let mut run = run_on(engine(), &source(r#"#{ booking_pid: "7" }"#), tick);
    assert_eq!(awaiting(&run.pass()).1.subject.as_str(), "7");
}

#[test]
fn what_cannot_be_waited_for_is_refused_at_its_line() {
    for (source, expected) in [
        (
            r#"wait_for([], #{}, "1d");"#,
            "type has to be the name of a type",
        ),
        (r#"wait_for(["a", 7], #{}, "1d");"#, "array of strings"),
        (
            r#"wait_for("a", #{ x: [1] }, "1d");"#,
            "the field `x` has to be a string",
        ),
        (
            r#"wait_for("a", #{ x: event.payload.seat }, "1d");"#,
            "and is ()",
        ),
        (r#"wait_for("a", #{ x: secret("S") }, "1d");"#, "secret"),
        (r#"wait_for("a", #{}, "soon");"#, "timeout: "),
        (r#"wait_for("a", #{});"#, "is given 2"),
    ] {
        let mut run = run(source);
        let pass = run.pass();
        let (code, reason) = failure(&pass);
        assert_eq!(code, "script_error", "{source}");
        assert!(
            reason.starts_with("new-booking/test.rhai:1: wait_for") && reason.contains(expected),
            "{source}: {reason}"
        );
    }
}

#[test]
fn it_cannot_be_caught_nor_used_in_parallel() {
    let mut caught = run(r#"try { wait_for("a", #{}, "1d"); } catch { log::info("caught"); }"#);
    assert!(matches!(caught.pass().outcome, Outcome::Awaiting { .. }));
    assert!(caught.logs.is_empty());
    let mut branches = run(r#"parallel([|| wait_for("a", #{}, "1d")]);"#);
    let pass = branches.pass();
    let (_, reason) = failure(&pass);
    assert!(
        reason.contains("wait_for cannot be used inside of parallel"),
        "{reason}"
    );
}

#[test]
fn an_answer_to_another_question_is_a_divergence() {
    let mut run = run(r#"wait_for("new-payment", #{}, "1d");"#);
    run.pass();
    let other = crate::driver::compile(&run.engine, r#"wait_for("new-booking", #{}, "1d");"#);
    run.program = other;
    assert!(matches!(run.pass().outcome, Outcome::Blocked(_)));
}
