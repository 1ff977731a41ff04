//! Rehearsed runs: what a run would do, with answers from a closure.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::event::Event;
use cuebook_core::event_wait::EventWait;
use cuebook_core::ids::EventId;
use cuebook_core::journal::{StepAnswer, StepPath};
use cuebook_core::rule::RuleOptions;
use cuebook_core::run::RunState;
use cuebook_core::value::Value;
use cuebook_rules::rehearse::{Answers, Asked, NoAnswers, Rehearsal, Standing, Waiting, World};
use uuid::Uuid;

use crate::driver::{compile, engine, event, http, start};

const BOOKING: &str = r#"{"type":"new-booking","payload":{"booking_pid":7}}"#;
const PAYMENT: &str =
    r#"{"type":"new-payment","payload":{"booking_pid":7,"payment_pid":"p","amount":"50.00"}}"#;

fn came(body: &str, id: u128) -> Arc<Event> {
    let mut event = event(body);
    event.id = EventId(Uuid::from_u128(id));
    Arc::new(event)
}

fn rehearsal(source: &str, options: RuleOptions) -> (World, Rehearsal) {
    let engine = engine();
    let program = Arc::new(compile(&engine, source));
    let mut world = World::new(start());
    let event = came(BOOKING, 1);
    world.accept(Arc::clone(&event));
    let run = Rehearsal::new(&engine, program, options, event, &world);
    (world, run)
}

fn run(source: &str) -> (World, Rehearsal) {
    rehearsal(source, RuleOptions::default())
}

/// Echoes the first argument of each call.
#[expect(clippy::unnecessary_wraps, reason = "an answer may be missing")]
fn echo(asked: &Asked<'_>) -> Option<StepAnswer> {
    let first = asked.arguments.first().and_then(Value::as_text);
    Some(Ok(http(200, first.unwrap_or_default())))
}

fn outside(asked: &Asked<'_>) -> Option<StepAnswer> {
    let is_http = asked.function.starts_with("http::");
    is_http.then(|| echo(asked)).flatten()
}

fn said(run: &Rehearsal) -> Vec<&str> {
    run.logs()
        .iter()
        .map(|line| line.message.as_str())
        .collect()
}

#[test]
fn it_shows_what_a_run_does_up_to_its_next_wait_and_from_there_to_its_end() {
    let (mut world, mut run) = run(r#"
        let a = http::get("https://a.example");
        http::post("https://b.example", a.body);
        log::info("asked");
        email::send(#{ to: "a@example.com" });
        sleep("3d");
        email::send(#{ to: "b@example.com" });
    "#);
    run.go(&mut world, &mut outside);
    let three_days = start() + TimeDelta::days(3);
    assert_eq!(run.standing().wakes_at(), Some(three_days));
    assert_eq!(
        run.standing().reason().unwrap(),
        "sleeps until 2026-03-04T12:00:00Z"
    );
    assert_eq!(said(&run), ["asked"]);
    assert_eq!(run.segments().len(), 1);

    assert!(!run.wake(three_days - TimeDelta::seconds(1)));
    world.now = three_days;
    assert!(run.wake(world.now));
    run.go(&mut world, &mut outside);
    assert_eq!(*run.standing(), Standing::Completed);
    let to: Vec<&str> = run
        .sends()
        .map(|send| send.arguments[0].get("to").unwrap().as_text().unwrap())
        .collect();
    assert_eq!(to, ["a@example.com", "b@example.com"]);
    assert_eq!(run.segments()[1].at, three_days);
    let lines: Vec<(&str, Option<u32>)> = run
        .steps()
        .map(|(_, step)| (step.question.function.as_str(), step.line))
        .collect();
    assert_eq!(
        lines,
        [
            ("http::get", Some(2)),
            ("http::post", Some(3)),
            ("email::send", Some(5)),
            ("sleep", Some(6)),
            ("email::send", Some(7)),
        ]
    );
    assert_eq!(run.writes().count(), 1);
}

#[test]
fn what_nobody_answers_is_named_and_nothing_is_sent() {
    let (mut world, mut run) = run(r#"
        email::send(#{ to: "a@example.com" });
        parallel([|| http::get("https://a.example"), || ticketpark::booking("7")]);
    "#);
    let Standing::Unanswered { calls } = run.go(&mut world, &mut outside) else {
        panic!("{:?}", run.standing())
    };
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].question.function, "ticketpark::booking");
    assert_eq!(calls[0].line, Some(3));
    assert_eq!(run.sends().count(), 0);
}

#[test]
fn an_event_ends_a_wait_whether_it_comes_before_the_wait_or_after() {
    let source = r#"
        let first = wait_for("new-payment", #{}, "14d");
        let second = wait_for("new-payment", #{}, "14d");
        log::info(`${first.payload.amount} ${second == ()}`);
    "#;
    let (mut world, mut run) = run(source);
    world.accept(came(PAYMENT, 2));
    run.go(&mut world, &mut NoAnswers);
    assert!(
        matches!(run.standing(), Standing::Waiting { what: Waiting::Event { path, .. }, .. } if path.to_string() == "1"),
        "one event answers one wait"
    );
    assert!(!run.offer(&came(BOOKING, 3)), "another type");
    assert!(!run.offer(&came(PAYMENT, 2)), "given already");
    world.now += TimeDelta::days(14);
    assert!(run.wake(world.now));
    run.go(&mut world, &mut NoAnswers);
    assert_eq!(said(&run), ["50.00 true"]);

    let (mut world, mut run) = self::run(source);
    run.go(&mut world, &mut NoAnswers);
    assert!(run.offer(&came(PAYMENT, 2)));
    run.go(&mut world, &mut NoAnswers);
    assert!(run.offer(&came(PAYMENT, 3)));
    assert_eq!(*run.go(&mut world, &mut NoAnswers), Standing::Completed);
    assert_eq!(said(&run), ["50.00 false"]);
}

#[test]
fn runs_share_what_rules_remember_and_claim() {
    let source = r#"
        state::incr("n", 1, "rule");
        log::info(`${state::get("n", 0, "rule")} ${once("key", "1d")}`);
    "#;
    let (mut world, mut first) = run(source);
    first.go(&mut world, &mut NoAnswers);
    assert_eq!(said(&first), ["1 true"]);
    let engine = engine();
    let program = Arc::new(compile(&engine, source));
    let again = |world: &mut World| {
        let options = RuleOptions::default();
        let mut run = Rehearsal::new(
            &engine,
            Arc::clone(&program),
            options,
            came(BOOKING, 4),
            world,
        );
        run.go(world, &mut NoAnswers);
        said(&run).join("")
    };
    assert_eq!(again(&mut world), "2 false");
    world.now += TimeDelta::days(1);
    assert_eq!(again(&mut world), "3 true");
}

#[test]
fn a_failed_run_sends_and_remembers_nothing_and_frees_its_keys() {
    let (mut world, mut run) = run(r#"
        once("key");
        state::set("a", 1, "rule");
        email::send(#{ to: "a@example.com" });
        fail("no");
    "#);
    run.go(&mut world, &mut NoAnswers);
    assert_eq!(run.standing().state(), RunState::Failed);
    assert_eq!(run.standing().code(), Some("failed"));
    assert_eq!(run.sends().count(), 0);
    assert_eq!(world.memory.values().count(), 0);
    let (_, mut other) = self::run(r#"log::info(`${once("key")}`);"#);
    other.go(&mut world, &mut NoAnswers);
    assert_eq!(said(&other), ["true"]);
}

#[test]
fn retry_in_asks_anew_what_lies_behind_the_last_write() {
    let (mut world, mut run) = run(r#"
        http::post("https://write.example", "");
        let answer = http::get("https://read.example");
        if answer.body == "no" { retry_in("5m", "not yet"); }
        log::info(answer.body);
    "#);
    let mut asked_for = Vec::new();
    let mut answers = |asked: &Asked<'_>| {
        asked_for.push(asked.function.to_owned());
        let body = if asked_for.len() == 3 { "yes" } else { "no" };
        Some(Ok(http(200, body)))
    };
    run.go(&mut world, &mut answers);
    assert_eq!(run.standing().reason().as_deref(), Some("not yet"));
    world.now += TimeDelta::minutes(5);
    run.wake(world.now);
    run.go(&mut world, &mut answers);
    assert_eq!(asked_for, ["http::post", "http::get", "http::get"]);
    assert_eq!(said(&run).last(), Some(&"yes"));
}

#[test]
fn recorded_ids_and_times_overrule_the_rehearsals_own() {
    let (mut world, mut run) = run(r"
        let a = uuid();
        let at = now();
        let b = uuid();
        log::info(`${a} ${at} ${b != a}`);
    ");
    let recorded = start() + TimeDelta::seconds(5);
    let mut answers = |asked: &Asked<'_>| match (asked.function, asked.path.to_string().as_str()) {
        ("uuid", "0") => Some(Ok(Value::from("recorded"))),
        ("now", _) => Some(Ok(Value::Time(recorded))),
        _ => None,
    };
    run.go(&mut world, &mut answers);
    assert_eq!(said(&run), ["recorded 2026-03-01T12:00:05Z true"]);
}

#[test]
fn a_run_beyond_its_timeout_fails_when_it_wakes() {
    let options = RuleOptions {
        timeout: Some(Duration::from_hours(1)),
        ..RuleOptions::default()
    };
    let (mut world, mut run) = rehearsal(r#"sleep("1d");"#, options);
    run.go(&mut world, &mut NoAnswers);
    world.now += TimeDelta::hours(1);
    assert!(run.wake(world.now));
    run.go(&mut world, &mut NoAnswers);
    assert_eq!(run.standing().code(), Some("timeout"));
}

#[test]
fn a_crash_after_every_step_changes_nothing() {
    let source = r#"
        let at = now();
        let answers = parallel(["a", "b"], |name| {
            let first = http::get(`https://${name}.example`);
            http::post("https://c.example", first.body)
        });
        log::info(`${answers.len()} ${at}`);
        state::set("price", decimal("50.00"));
        sleep("1h");
        try { http::get("https://broken.example"); } catch (error) { log::warn(error.kind); }
        email::send(#{ to: "a@example.com", data: #{ price: state::get("price") } });
    "#;
    let shown = |crashing: bool| {
        let (mut world, mut run) = run(source);
        if crashing {
            run.crash_everywhere();
        }
        let mut answers = |asked: &Asked<'_>| match asked.arguments.first().and_then(Value::as_text)
        {
            Some("https://broken.example") => Some(crate::driver::refused()),
            _ => outside(asked),
        };
        run.play(&mut world, &mut answers);
        let said: Vec<String> = said(&run).into_iter().map(str::to_owned).collect();
        let sends: Vec<_> = run.sends().cloned().collect();
        (run.standing().clone(), said, sends)
    };
    let plain = shown(false);
    assert_eq!(plain.0, Standing::Completed);
    assert_eq!(plain.1, ["2 2026-03-01T12:00:00Z", "timeout"]);
    assert_eq!(shown(true), plain);
}

#[test]
fn played_through_a_wait_is_over_at_once_or_ended_by_the_event_that_is_given() {
    struct Paid;
    impl Answers for Paid {
        fn answer(&mut self, _: &Asked<'_>) -> Option<StepAnswer> {
            None
        }
        fn event(&mut self, _: &EventWait, path: &StepPath) -> Option<Event> {
            (path.to_string() == "0").then(|| (*came(PAYMENT, 9)).clone())
        }
    }
    let (mut world, mut run) = run(r#"
        let paid = wait_for("new-payment", #{}, "14d");
        let more = wait_for("new-payment", #{}, "14d");
        sleep("1h");
        log::info(`${paid.payload.amount} ${more == ()}`);
    "#);
    assert_eq!(*run.play(&mut world, &mut Paid), Standing::Completed);
    assert_eq!(said(&run), ["50.00 true"]);
    assert_eq!(
        world.now,
        start() + TimeDelta::days(14) + TimeDelta::hours(1)
    );
}
