//! `skip`, `fail` and `retry_in`: nothing catches them, and what was to be sent is not sent.

use std::time::Duration;

use cuebook_rules::{Outcome, ScriptFailure};

use crate::driver::{failure, run};

#[test]
fn skip_ends_the_run_with_its_reason() {
    let mut run = run(
        r#"try { skip("not paid"); } catch { log::info("caught"); } http::get("https://x.example");"#,
    );
    let pass = run.pass();
    assert_eq!(
        pass.outcome,
        Outcome::Skipped {
            reason: "not paid".to_owned()
        }
    );
    assert!(run.logs.is_empty());
}

#[test]
fn fail_ends_the_run_with_its_reason_and_line() {
    let mut run = run("let x = 1;\n[1].for_each(|| fail(\"no\"));\nlog::info(\"after\");");
    assert_eq!(
        run.pass().outcome,
        Outcome::Failed(ScriptFailure {
            code: "failed".to_owned(),
            reason: "no".to_owned(),
            line: Some(2),
        })
    );
    assert!(run.logs.is_empty());
}

#[test]
fn retry_in_says_when_and_why() {
    let mut run = run(r#"fn later() { retry_in("5m", "busy") } try { later(); } catch {}"#);
    assert_eq!(
        run.pass().outcome,
        Outcome::RetryIn {
            delay: Duration::from_mins(5),
            reason: "busy".to_owned()
        }
    );
    let mut wrong = crate::driver::run(r#"retry_in("soon", "busy");"#);
    assert!(failure(&wrong.pass()).1.contains("no length of time"));
}

#[test]
fn what_fails_has_sent_nothing() {
    for end in [
        r#"skip("no");"#,
        r#"fail("no");"#,
        r#"retry_in("1m", "no");"#,
        r#"throw "no";"#,
        "loop {}",
        r#"http::get("https://a.example");"#,
    ] {
        let engine = crate::driver::engine_with(|limits| limits.operations = 1_000);
        let source = format!(r#"email::send(#{{ to: "a@example.com" }}); {end}"#);
        let mut run = crate::driver::run_on(engine, &source, r#"{"type":"t"}"#);
        let pass = run.pass();
        assert_ne!(pass.outcome, Outcome::Completed);
        assert!(pass.sends.is_empty(), "{end}");
    }
}

#[test]
fn an_uncaught_error_says_file_line_and_what() {
    let mut run = run("let a = 1;\nlet b = a.missing();");
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(reason.starts_with("new-booking/test.rhai:2: "), "{reason}");
    assert!(reason.contains("missing"), "{reason}");
}

#[test]
fn an_error_of_a_function_with_a_namespace_has_its_line_too() {
    for call in ["json::parse(\"{\")", "http::get(1)", "log::info(|x| x)"] {
        let pass = run(&format!("let a = 1;\n\n{call};")).pass();
        let (_, reason) = failure(&pass);
        assert!(reason.starts_with("new-booking/test.rhai:3: "), "{reason}");
    }
}

#[test]
fn a_thrown_value_is_shown() {
    for (source, shown) in [
        (r#"throw "plain";"#, "new-booking/test.rhai:1: plain"),
        (
            r#"throw #{ message: "in a map" };"#,
            "new-booking/test.rhai:1: in a map",
        ),
        ("throw [1, 2];", "new-booking/test.rhai:1: [1,2]"),
    ] {
        assert_eq!(failure(&run(source).pass()).1, shown);
    }
}
