//! Nothing catches a suspension, whatever a script wraps around it.

use cuebook_core::value::Value;
use cuebook_rules::Outcome;

use crate::driver::{echo, refused, run};

/// Runs `source` to its end, and asserts that it asked for `calls` calls and came to `caught` in no pass.
fn suspends_and_completes(source: &str, calls: usize) {
    let mut run = run(source);
    let pass = run.pass();
    assert!(
        matches!(&pass.outcome, Outcome::Suspended { calls } if !calls.is_empty()),
        "{:?} in {source}",
        pass.outcome
    );
    for call in run.calls.clone() {
        run.answer(&call.path.to_string(), echo(&call));
    }
    let end = run.echo();
    assert_eq!(end.outcome, Outcome::Completed, "{source}");
    assert_eq!(run.calls.len(), calls, "{source}");
    assert!(
        run.logs.iter().all(|line| line.message != "caught"),
        "a suspension was caught in {source}"
    );
}

#[test]
fn not_around_a_plain_call() {
    suspends_and_completes(
        r#"try { http::get("https://a.example"); } catch { log::info("caught"); }"#,
        1,
    );
}

#[test]
fn not_around_a_script_function() {
    suspends_and_completes(
        r#"
        fn ask() { http::get("https://a.example") }
        try { ask(); } catch (e) { log::info("caught"); http::post("https://never.example", 1); }
        "#,
        1,
    );
}

#[test]
fn not_in_map_with_a_function_pointer() {
    suspends_and_completes(
        r#"
        fn ask(x) { http::get(`https://a.example/${x}`) }
        try { [1, 2, 3].map(Fn("ask")); } catch { log::info("caught"); }
        "#,
        3,
    );
}

#[test]
fn not_in_map_with_a_closure() {
    suspends_and_completes(
        r#"
        let base = "https://a.example/";
        try { [1, 2, 3].map(|x| http::get(base + x)); } catch { log::info("caught"); }
        "#,
        3,
    );
}

#[test]
fn not_in_filter_reduce_and_find() {
    suspends_and_completes(
        r#"
        try {
            [1].filter(|x| http::get("https://a.example").status == 200);
            [1].reduce(|sum, x| http::get("https://b.example").status, 0);
            [1].find(|x| http::get("https://c.example").status == 200);
        } catch { log::info("caught"); }
        "#,
        3,
    );
}

#[test]
fn not_in_sort_which_swallows_errors() {
    let mut run = run(r#"
        let order = [3, 1, 2];
        order.sort(|a, b| { http::get("https://a.example"); a - b });
        log::info("after");
        http::post("https://never-before-the-answer.example", order[0]);
        "#);
    let pass = run.pass();
    assert!(matches!(&pass.outcome, Outcome::Suspended { calls } if calls.len() == 1));
    assert!(run.logs.is_empty(), "the script went on after the call");
    let end = run.echo_answered();
    assert_eq!(end, Outcome::Completed);
    let last = run.calls.last().unwrap();
    assert_eq!(last.arguments[1], Value::Int(1));
}

#[test]
fn not_when_it_is_nested() {
    suspends_and_completes(
        r#"
        fn deep(n) {
            try {
                if n == 0 { [1].map(|x| http::get("https://a.example")) } else { deep(n - 1) }
            } catch { log::info("caught"); throw "again"; }
        }
        try { try { deep(4); } catch { log::info("caught"); } } catch { log::info("caught"); }
        "#,
        1,
    );
}

#[test]
fn not_in_a_loop_around_a_try() {
    suspends_and_completes(
        r#"
        for i in 0..3 { try { http::get(`https://a.example/${i}`); } catch { log::info("caught"); } }
        "#,
        3,
    );
}

#[test]
fn not_in_parallel() {
    suspends_and_completes(
        r#"
        try {
            parallel([
                || { try { http::get("https://a.example") } catch { log::info("caught"); } },
                || { [1].map(|x| http::get("https://b.example")) },
            ]);
        } catch { log::info("caught"); }
        "#,
        2,
    );
}

#[test]
fn the_error_of_a_failed_call_is_caught_as_a_map() {
    let mut run = run(r#"
        fn ask() { http::get("https://a.example") }
        try { ask(); }
        catch (e) { log::info(`${e.kind} ${e.status} ${e.attempts} ${e.message}`); }
        "#);
    let pass = run.drive(|_| refused());
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(run.said(), "timeout 504 8 no answer came");
}

#[test]
fn a_failed_call_that_nothing_catches_fails_the_run() {
    let mut run = run("\nhttp::get(\"https://a.example\");");
    let pass = run.drive(|_| refused());
    let (code, reason) = crate::driver::failure(&pass);
    assert_eq!(code, "script_error");
    assert_eq!(reason, "new-booking/test.rhai:2: no answer came");
}

#[test]
fn a_caught_error_leads_to_the_same_questions_in_each_pass() {
    let mut run = run(r#"
        try { http::get("https://a.example"); } catch { http::get("https://b.example"); }
        http::post("https://c.example", "x");
        "#);
    let pass = run.drive(|call| match call.path.to_string().as_str() {
        "0" => refused(),
        _ => echo(call),
    });
    assert_eq!(pass.outcome, Outcome::Completed);
    let urls: Vec<_> = run
        .calls
        .iter()
        .map(|call| call.arguments[0].clone())
        .collect();
    assert_eq!(urls.len(), 3);
    assert_eq!(urls[1], Value::from("https://b.example"));
}

impl crate::driver::Run {
    /// Answers what is in flight, and drives the run to its end.
    fn echo_answered(&mut self) -> Outcome {
        for call in self.calls.clone() {
            self.answer(&call.path.to_string(), echo(&call));
        }
        self.echo().outcome
    }
}
