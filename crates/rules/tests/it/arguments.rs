//! Arguments are checked by their descriptor, at their line.

use cuebook_rules::Outcome;

use crate::driver::{failure, run};

#[track_caller]
fn refused(source: &str, message: &str) {
    let pass = run(&format!("\n{source}")).pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(reason.starts_with("new-booking/test.rhai:2: "), "{reason}");
    assert!(reason.contains(message), "{reason}");
}

#[test]
fn the_number_is_checked() {
    refused(
        "http::get();",
        "http::get takes 1 to 2 arguments, and is given 0",
    );
    refused(
        "http::get(1, 2, 3);",
        "http::get takes 1 to 2 arguments, and is given 3",
    );
    refused(
        "ticketpark::booking(1, 2);",
        "ticketpark::booking takes one argument, and is given 2",
    );
    refused("now(1);", "now takes no arguments, and is given 1");
}

#[test]
fn kinds_are_checked() {
    refused(
        "http::get(7);",
        "http::get: url has to be a string, and is integer",
    );
    refused(
        r#"http::get("https://a.example", #{ timeout: 5 });"#,
        "http::get: timeout has to be a string (duration), and is integer",
    );
    refused(
        r#"http::get("https://a.example", #{ timeout: "soon" });"#,
        "no length of time",
    );
}

#[test]
fn unknown_options_are_told_with_the_nearest_name() {
    refused(
        r#"email::send(#{ to: "a@example.com", subjekt: "x" });"#,
        "email::send does not know the option `subjekt` (did you mean `subject`?)",
    );
}

#[test]
fn missing_options_are_told() {
    refused(
        r#"email::send(#{ subject: "x" });"#,
        "email::send needs the option `to`: who receives it",
    );
    refused(
        r"email::send(#{ to: () });",
        "email::send needs the option `to`",
    );
}

#[test]
fn what_may_be_left_out_may_be_nothing() {
    let mut run = run(r#"
        email::send(#{ to: "a@example.com", subject: () });
        http::get("https://a.example", ());
        "#);
    assert!(matches!(run.pass().outcome, Outcome::Suspended { .. }));
}

#[test]
fn it_can_be_caught_and_takes_no_step() {
    let mut run = run(r#"
        try { http::get(7); } catch (e) { log::info(e.kind); }
        http::get("https://a.example");
        "#);
    run.pass();
    assert_eq!(run.said(), "invalid");
    assert_eq!(run.calls[0].path.to_string(), "0");
}
