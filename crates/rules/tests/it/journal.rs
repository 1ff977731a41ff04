//! Journal and replay: what was answered is never asked again, and what differs blocks.

use std::sync::Arc;

use cuebook_core::journal::StepKind;
use cuebook_core::value::Value;
use cuebook_rules::Outcome;

use crate::driver::{echo, engine, http, run, run_on};

#[test]
fn a_script_without_steps_completes_in_one_pass() {
    let mut run = run("let x = 1 + 1;");
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert!(pass.operations > 0);
    assert!(pass.steps.is_empty() && pass.sends.is_empty());
}

#[test]
fn a_call_suspends_and_its_answer_lets_the_script_go_on() {
    let mut run = run(r#"
        let a = http::get("https://a.example");
        let b = http::post("https://b.example", #{ seen: a.body });
        log::info(`${a.status} ${b.body}`);
        "#);
    let Outcome::Suspended { calls } = run.pass().outcome else {
        panic!()
    };
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].path.to_string(), "0");
    assert_eq!(calls[0].kind, StepKind::Read);
    assert_eq!(calls[0].line, Some(2));
    assert_eq!(calls[0].arguments, [Value::from("https://a.example")]);

    run.answer("0", Ok(http(200, "first")));
    let Outcome::Suspended { calls } = run.pass().outcome else {
        panic!()
    };
    assert_eq!(calls[0].question.function, "http::post");
    assert_eq!(calls[0].kind, StepKind::Write);
    assert_eq!(
        calls[0].arguments[1],
        Value::from([("seen", Value::from("first"))])
    );

    run.answer("1", Ok(http(201, "second")));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(run.said(), "200 second");
}

#[test]
fn a_call_in_flight_is_not_asked_for_again() {
    let mut run = run(r#"http::post("https://a.example", "x");"#);
    run.pass();
    let again = run.pass();
    assert_eq!(again.outcome, Outcome::Suspended { calls: vec![] });
    assert_eq!(run.calls.len(), 1);
}

#[test]
fn local_steps_stay_what_they_were() {
    let mut run = run(r#"
        let at = now();
        let id = uuid();
        http::get("https://a.example");
        log::info(`${at} ${id} ${uuid() == id}`);
        "#);
    let first = run.pass();
    assert_eq!(first.steps.len(), 2);
    assert!(first.steps.iter().all(|step| step.kind == StepKind::Local));
    run.answer("2", Ok(http(200, "")));
    run.later(std::time::Duration::from_mins(1));
    assert_eq!(run.pass().outcome, Outcome::Completed);
    assert_eq!(
        run.said(),
        "2026-03-01T12:00:00Z 00000000-0000-0000-0000-000000000000 false"
    );
}

#[test]
fn another_question_at_the_same_place_blocks() {
    let mut run = run(r#"let x = http::get("https://a.example"); http::get("https://b.example");"#);
    run.echo();
    let changed = run_on(
        engine(),
        r#"let x = http::get("https://a.example"); http::get("https://c.example");"#,
        r#"{"type":"new-booking"}"#,
    );
    run.program = changed.program;
    let Outcome::Blocked(divergence) = run.pass().outcome else {
        panic!()
    };
    assert_eq!(divergence.path, "1");
    assert!(divergence.journaled.starts_with("http::get"));
    assert_ne!(divergence.journaled, divergence.asked);
}

#[test]
fn a_divergence_cannot_be_caught() {
    let mut run = run(r#"http::get("https://a.example");"#);
    run.echo();
    let changed = run_on(
        engine(),
        r#"try { http::post("https://a.example", 1); } catch { } "#,
        r#"{"type":"new-booking"}"#,
    );
    run.program = changed.program;
    assert!(matches!(run.pass().outcome, Outcome::Blocked(_)));
}

#[test]
fn a_script_that_ends_before_its_journal_does_is_blocked() {
    for shorter in [
        r#"http::get("https://a.example");"#,
        r#"http::get("https://a.example"); skip("enough");"#,
        r#"http::get("https://a.example"); fail("no");"#,
        r#"http::get("https://a.example"); retry_in("5m", "later");"#,
    ] {
        let mut run = run(r#"http::get("https://a.example"); http::get("https://b.example");"#);
        run.echo();
        run.program = run_on(engine(), shorter, r#"{"type":"new-booking"}"#).program;
        let Outcome::Blocked(divergence) = run.pass().outcome else {
            panic!("{shorter}")
        };
        assert_eq!(divergence.path, "1");
        assert!(divergence.asked.starts_with("nothing"));
    }
}

#[test]
fn a_parallel_and_a_step_do_not_stand_for_each_other() {
    let step = r#"http::get("https://a.example");"#;
    let parallel = r#"parallel([|| http::get("https://a.example")]);"#;
    for (before, after) in [(step, parallel), (parallel, step)] {
        let mut run = run(before);
        run.echo();
        run.program = run_on(engine(), after, r#"{"type":"new-booking"}"#).program;
        assert!(
            matches!(run.pass().outcome, Outcome::Blocked(_)),
            "{before} -> {after}"
        );
    }
}

#[test]
fn each_prefix_of_answers_leads_to_the_same_next_question() {
    let source = r#"
        let total = 0;
        for i in 0..6 {
            let answer = http::get(`https://a.example/${i}`);
            total += answer.body.len();
            if i % 2 == 0 { uuid(); }
        }
        let both = parallel([|| http::get("https://x.example"), || http::post("https://y.example", total)]);
        email::send(#{ to: "tom@example.com", data: #{ total: total } });
        http::post("https://end.example", both[1].body);
    "#;
    let mut whole = run(source);
    let end = whole.echo();
    assert_eq!(end.outcome, Outcome::Completed);
    let journal = whole.input.journal.clone();
    let places: Vec<_> = journal.steps.keys().cloned().collect();
    for cut in 0..=places.len() {
        let mut again = run(source);
        again.input.chance = Arc::clone(&whole.input.chance);
        let kept = Arc::make_mut(&mut again.input.journal);
        for place in &places[..cut] {
            kept.steps
                .insert(place.clone(), journal.steps[place].clone());
        }
        let last = again.drive(echo);
        assert_eq!(last.outcome, Outcome::Completed, "cut at {cut}");
        for call in &again.calls {
            assert_eq!(call.question, journal.steps[&call.path].question);
        }
        assert_eq!(last.sends, end.sends);
    }
}

#[test]
fn a_thousand_replays_ask_nothing_new() {
    let mut run = run(r#"let a = http::get("https://a.example"); email::send(#{ to: "a@b.c" });"#);
    let end = run.echo();
    for _ in 0..1000 {
        let again = run.pass();
        assert_eq!(again.outcome, Outcome::Completed);
        assert_eq!(again.sends, end.sends);
    }
}
