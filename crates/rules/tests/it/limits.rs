//! The limits of a run and a pass, each named with its value.

use std::time::Duration;

use cuebook_core::value::Value;
use cuebook_rules::{Engine, Outcome};

use crate::driver::{engine_with, failure, run, run_on, settings};

const BODY: &str = r#"{"type":"t"}"#;

#[test]
fn operations() {
    let engine = engine_with(|limits| limits.operations = 5_000);
    let pass = run_on(engine, "loop { }", BODY).pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("5000 operations"), "{reason}");
    assert!(pass.operations <= 5_001);
}

#[test]
fn time() {
    let engine = engine_with(|limits| limits.pass = Duration::from_millis(20));
    let begun = std::time::Instant::now();
    let pass = run_on(engine, "loop { }", BODY).pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("20ms"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[test]
fn time_is_looked_at_before_each_function_that_may_take_long() {
    let engine = engine_with(|limits| limits.pass = Duration::ZERO);
    let mut run = run_on(
        engine,
        "try { text::trim(`a`); } catch { } log::info(`on`);",
        BODY,
    );
    let pass = run.pass();
    assert_eq!(failure(&pass).0, "limit");
    assert!(pass.operations < 16);
    assert!(run.logs.is_empty());
}

#[test]
fn a_limit_cannot_be_caught() {
    let source = "fn spin() { loop { } } \
                  loop { try { [1].map(|x| spin()); } catch { log::info(\"caught\"); } }";
    let engine = engine_with(|limits| limits.operations = 5_000);
    let mut run = run_on(engine, source, BODY);
    assert_eq!(failure(&run.pass()).0, "limit");
    assert!(run.logs.is_empty());
}

#[test]
fn memory_is_measured_by_what_the_thread_holds() {
    fn held() -> u64 {
        use std::cell::Cell;
        thread_local!(static HELD: Cell<u64> = const { Cell::new(1 << 40) });
        HELD.set(HELD.get() + 1024 * 1024);
        HELD.get()
    }
    let mut settings = settings();
    settings.memory = Some(held);
    let engine = Engine::new(settings).unwrap();
    let pass = run_on(engine, "let x = 0; loop { x += 1; }", BODY).pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("64 MiB of memory"), "{reason}");
    assert!(pass.operations < 100);
}

#[test]
fn steps() {
    let engine = engine_with(|limits| limits.steps = 10);
    let mut run = run_on(engine, "loop { uuid(); }", BODY);
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("10 steps"), "{reason}");
    assert_eq!(pass.steps.len(), 10);
}

#[test]
fn steps_of_replays_count_once_a_pass() {
    let engine = engine_with(|limits| limits.steps = 10);
    let source = "for i in 0..10 { http::get(`https://a.example/${i}`); }";
    let mut run = run_on(engine, source, BODY);
    assert_eq!(run.echo().outcome, Outcome::Completed);
}

#[test]
fn the_journal() {
    let mut run = run("for i in 0..7 { ticketpark::booking(`${i}`); }");
    let megabyte = Value::from([("text", Value::Text("x".repeat(1024 * 1024)))]);
    let pass = run.drive(|_| Ok(megabyte.clone()));
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("5 MiB"), "{reason}");
    assert_eq!(run.calls.len(), 5);
}

#[test]
fn depth_of_calls() {
    let pass = run("fn down(n) { down(n + 1) } down(0);").pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.to_lowercase().contains("stack overflow"), "{reason}");
}

#[test]
fn variables() {
    let engine = engine_with(|limits| limits.variables = 5);
    let pass = run_on(
        engine,
        "let a=1; let b=1; let c=1; let d=1; let e=1; let f=1;",
        BODY,
    )
    .pass();
    assert_eq!(failure(&pass).0, "limit");
}

#[test]
fn sizes_of_values() {
    for source in [
        "let s = \"0123456789\"; loop { s += s; }",
        "let a = [1]; loop { a += a; }",
        "let a = [1]; loop { a = [a, a]; }",
        "let m = #{}; let i = 0; loop { m[`k${i}`] = i; i += 1; }",
        "let b = blob(1000); loop { b.append(b); }",
        "let s = \"\"; s.pad(1000000000, \"x\");",
        "let b = blob(1000000000);",
    ] {
        let engine = engine_with(|limits| {
            limits.text = 10_000;
            limits.array = 1_000;
            limits.map = 1_000;
        });
        let pass = run_on(engine, source, BODY).pass();
        assert_eq!(failure(&pass).0, "limit", "{source}");
    }
}
