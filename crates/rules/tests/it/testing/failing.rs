//! How tests fail: where, why, and what helps.

use std::sync::Arc;

use cuebook_rules::testing::{TestFiles, TestOutcome};

use super::{failure, run};
use crate::driver::{engine, files};

#[test]
fn a_call_without_a_mock_is_named_with_the_mock_to_write() {
    let rule = "let a = 1;\nhttp::get(\"https://a.example\");";
    let failed = failure(rule, "    trigger(\"new-booking\");");
    assert_eq!(
        failed.message,
        "http::get(\"https://a.example\") was called in line 2 of the rule and has no mock"
    );
    assert_eq!(
        failed.help.as_deref(),
        Some("write before it: `mock(\"http::get\", #{ status: 200, json: #{} });`")
    );
    assert_eq!(
        (failed.file.as_str(), failed.line, failed.column),
        ("new-booking/test.test.rhai", 2, 5)
    );

    let failed = failure(
        rule,
        "try { mock(\"http::get\", [\"https://b.example\"], ()); trigger(\"new-booking\"); } catch { }",
    );
    assert!(
        failed
            .message
            .ends_with("and its mocks are for other arguments"),
        "{}",
        failed.message
    );
    assert!(failed.help.unwrap().contains("[\"https://a.example\"]"));
}

#[test]
fn a_sequence_that_is_used_up_is_said() {
    let rule = "http::get(\"https://a.example\"); http::get(\"https://a.example\");";
    let failed = failure(
        rule,
        "mock(\"http::get\", [#{ body: \"\" }]); trigger(\"new-booking\");",
    );
    assert!(
        failed
            .message
            .contains("once more than its mock has answers: 1 time"),
        "{}",
        failed.message
    );
}

#[test]
fn an_assertion_shows_both_sides_the_kinds_and_what_the_runs_did() {
    let rule = "log::info(\"seen\"); email::send(#{ to: \"a@example.com\" }); skip(\"no\");";
    let failed = failure(
        rule,
        "let run = trigger(\"new-booking\");\nassert_eq(run.state, \"completed\", \"the state\");",
    );
    assert_eq!(failed.message, "the state: left and right are not equal");
    assert_eq!(
        failed.sides,
        Some(Box::new((
            "\"skipped\"".to_owned(),
            "\"completed\"".to_owned()
        )))
    );
    assert_eq!((failed.line, failed.column), (3, 1));
    assert!(failed.log[0].contains("is skipped: no"), "{:?}", failed.log);
    assert_eq!(failed.log[1], "  line 1: log info: seen");

    let failed = failure("", "assert_eq(decimal(\"50.00\"), \"50.00\");");
    assert!(failed.help.unwrap().contains("of kind decimal"));
    for wrong in [
        "assert(1 == 2);",
        "assert_ne(1, decimal(\"1.0\"));",
        "assert_contains(\"abc\", \"x\");",
        "assert_contains([#{ a: 1, b: 2 }], #{ a: 2 });",
        "assert_not_contains(#{ a: 1 }, \"a\");",
        "assert(\"yes\");",
        "fail(\"so\");",
    ] {
        failure("", wrong);
    }
}

#[test]
fn what_a_script_error_says_stands_at_its_line() {
    let failed = failure("", "let a = #{};\nlet b = a.x.y;");
    assert_eq!(failed.line, 3);
    let failed = failure("", "\ntriger(\"new-booking\");");
    assert_eq!(failed.line, 3);
    assert!(failed.message.contains("triger"), "{}", failed.message);
    let failed = failure("", "loop { }");
    assert!(
        failed.message.contains("the test was stopped"),
        "{}",
        failed.message
    );
}

#[test]
fn a_wrong_use_says_what_is_right() {
    for (body, message, help) in [
        (
            "mock(\"htp::get\", 1);",
            "no function \"htp::get\"",
            "did you mean `http::get`?",
        ),
        ("mock(\"email::send\", ());", "needs no mock", "run.emails"),
        ("mock(\"sleep\", ());", "needs no mock", "advance"),
        (
            "mock(\"ticketpark::booking\", 1);",
            "answers a map, and the mock gives an integer",
            "",
        ),
        (
            "mock(\"http::get\", \"https://a.example\", 1);",
            "an array such as",
            "",
        ),
        ("trigger(\"new-booking\", 1);", "payload is a map", ""),
        ("trigger(\"seat-freed\");", "no example", "give the payload"),
        (
            "trigger(\"new-booking\", #{}, #{ att: 1 });",
            "no option `att`",
            "`at`",
        ),
        (
            "trigger(\"new-booking\"); advance_to(\"2020-01-01T00:00:00Z\");",
            "backwards",
            "",
        ),
        ("advance(\"3 days\");", "no length of time", ""),
        (
            "with_rule(\"new-booking/tset\");",
            "no rule",
            "new-booking/test",
        ),
        ("remember(\"k\", 1);", "no subject", "name it"),
        ("error(true);", "error takes", ""),
    ] {
        let failed = failure("", body);
        assert!(
            failed.message.contains(message),
            "{body}: {}",
            failed.message
        );
        assert!(failed.help.unwrap_or_default().contains(help), "{body}");
    }
}

#[test]
fn a_closure_that_fails_or_plays_itself_fails_the_test() {
    let rule = "http::get(\"https://a.example\");";
    let failed = failure(
        rule,
        "mock(\"http::get\", |url| assert_eq(url, \"other\"));\ntrigger(\"new-booking\");",
    );
    assert_eq!(failed.message, "left and right are not equal");
    assert_eq!(failed.line, 2);
    let failed = failure(
        rule,
        "mock(\"http::get\", |url| advance(\"1d\"));\ntrigger(\"new-booking\");",
    );
    assert!(
        failed.message.contains("inside of a mock"),
        "{}",
        failed.message
    );
}

#[test]
fn a_failed_run_alone_fails_no_test() {
    let results = run(
        "fail(\"no\");",
        "fn test_it() { let run = trigger(\"new-booking\"); assert_eq(run.state, \"failed\"); assert_contains(run.reason, \"no\"); }",
    );
    assert_eq!(results[0].outcome, TestOutcome::Passed);
}

#[test]
fn rules_that_begin_each_other_come_to_an_end() {
    let rule = "sleep(\"1s\"); retry_in(\"1s\", \"again\");";
    let failed = failure(rule, "trigger(\"new-booking\"); advance(\"3650d\");");
    assert!(failed.message.contains("no end"), "{}", failed.message);
}

#[test]
fn what_is_wrong_with_a_file_of_tests_is_told_like_any_other() {
    let engine = engine();
    let set = Arc::new(engine.check(&files(&[(super::RULE, "")])).set.unwrap());
    for (source, code) in [
        ("fn test_it() { let }", "E0101"),
        ("import \"lib/none\" as none;", "E0104"),
        ("trigger(\"new-booking\");", "E0106"),
    ] {
        let tests = TestFiles([("new-booking/test.test.rhai".to_owned(), source.into())].into());
        let found = engine.tests(Arc::clone(&set), &tests).err().unwrap();
        assert_eq!(found[0].code, code, "{source}");
        assert_eq!(found[0].file, "new-booking/test.test.rhai");
    }
}
