//! Lines that a script logs.

use std::sync::Arc;

use cuebook_core::journal::Cut;
use cuebook_core::log_line::LogLevel;
use cuebook_core::value::Value;
use cuebook_rules::Outcome;

use crate::driver::{engine_with, failure, http, run, run_on};

#[test]
fn a_line_has_its_level_text_fields_and_place() {
    let mut run = run("\nlog::warn(\"seats\", #{ count: 3 });\nlog::error([1, \"a\"]);\nprint(7);");
    assert_eq!(run.pass().outcome, Outcome::Completed);
    let line = &run.logs[0];
    assert_eq!(line.level, LogLevel::Warn);
    assert_eq!(line.message, "seats");
    assert_eq!(line.fields, Value::from([("count", Value::Int(3))]));
    assert_eq!(line.line, Some(2));
    assert_eq!(run.logs[1].message, r#"[1,"a"]"#);
    assert_eq!(run.logs[2].message, "7");
    assert_eq!(run.logs[2].level, LogLevel::Trace);
}

#[test]
fn a_replay_repeats_none() {
    let mut run = run(r#"
        log::info("one");
        http::get("https://a.example");
        log::info("two");
        "#);
    run.pass();
    run.answer("0", Ok(http(200, "")));
    run.pass();
    let said: Vec<&str> = run.logs.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(said, ["one", "two"]);
}

#[test]
fn too_much_is_an_error() {
    let engine = engine_with(|limits| limits.logs = 1024);
    let mut run = run_on(
        engine,
        "loop { log::info(\"0123456789\"); }",
        r#"{"type":"t"}"#,
    );
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "limit");
    assert!(reason.contains("1 KiB"), "{reason}");
    assert!(run.logs.len() <= 14);
}

#[test]
fn a_line_without_text_counts_too() {
    for source in [
        "for i in 0..1000 { log::info(``); }",
        "for i in 0..1000 { print(``); }",
    ] {
        let engine = engine_with(|limits| limits.logs = 1024);
        let mut run = run_on(engine, source, r#"{"type":"t"}"#);
        run.pass();
        assert_eq!(run.logs.len(), 16, "{source}");
    }
}

#[test]
fn each_round_logs_anew_what_lies_behind_the_last_write() {
    let mut run = run(r#"
        log::info("begins");
        http::post("https://a.example", 1);
        log::info("looks");
        parallel([|| log::info("in a branch")]);
        if http::get("https://a.example").body != "ready" { retry_in("5m", "not ready"); }
        log::info("done");
        "#);
    for body in ["no", "no", "ready"] {
        run.drive(|_| Ok(http(200, body)));
        // The worker cuts the journal.
        let cut = Cut::of_journal(&run.input.journal);
        let journal = Arc::make_mut(&mut run.input.journal);
        journal.steps.retain(|path, _| cut.keeps(path));
    }
    let said: Vec<&str> = run.logs.iter().map(|line| line.message.as_str()).collect();
    let again = "tries again in 300 s: not ready";
    assert_eq!(
        said,
        [
            "begins",
            "looks",
            "in a branch",
            again,
            "looks",
            "in a branch",
            again,
            "looks",
            "in a branch",
            "done"
        ]
    );
}
