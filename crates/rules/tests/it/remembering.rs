//! What a rule remembers, as a pass sees it.

use cuebook_core::Value;
use cuebook_core::journal::StepKind;
use cuebook_core::send::Route;
use cuebook_core::state::{StateChange, StateScope, StateWrite};
use cuebook_rules::Outcome;

use crate::driver::{engine, failure, run, run_on};

#[test]
fn a_value_that_the_segment_has_set_is_read_without_asking() {
    let mut run =
        run("state::set(\"a\", 5); state::incr(\"a\", 2); log::info(`${state::get(\"a\")}`);");
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(run.said(), "7");
    assert!(run.calls.is_empty());
    assert_eq!(pass.sends.len(), 2);
    let part = &pass.sends[1].parts[0];
    assert_eq!(part.route, Route::State);
    let write = StateWrite::of(part).unwrap();
    assert_eq!(
        (write.scope, write.change),
        (StateScope::Subject, StateChange::Add(2))
    );
}

#[test]
fn what_the_segment_has_only_counted_up_goes_along_with_the_question() {
    let mut run = run(
        "state::incr(\"a\"); state::incr(\"a\", 4); state::incr(\"b\"); log::info(`${state::get(\"a\", 0)}`);",
    );
    run.pass();
    let call = &run.calls[0];
    assert_eq!(call.kind, StepKind::Local);
    assert_eq!(call.arguments.last(), Some(&Value::Int(5)));
    run.answer("3", Ok(Value::Int(15)));
    run.pass();
    assert_eq!(run.said(), "15");
}

#[test]
fn counting_up_what_the_segment_set_to_a_text_throws_where_it_is_read() {
    let mut run = run("state::set(\"a\", \"x\"); state::incr(\"a\"); state::get(\"a\");");
    let pass = run.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "script_error");
    assert!(reason.contains("holds a string"), "{reason}");
}

#[test]
fn what_cannot_be_remembered_throws_at_its_line() {
    for (source, message) in [
        ("state::set(\"\", 1);", "a key has 1 to 200 bytes"),
        ("once(\"\");", "a key has 1 to 200 bytes"),
        ("state::set(\"a\", secret(\"X\"));", "secret"),
        (
            "let s = \"x\"; s.pad(70000, 'x'); state::set(\"a\", s);",
            "64 KiB can be remembered",
        ),
        ("state::set(\"a\", 1, \"ruel\");", "did you mean `rule`"),
        ("once(\"a\", \"soon\");", "no length of time"),
    ] {
        let mut run = run(source);
        let pass = run.pass();
        let (_, reason) = failure(&pass);
        assert!(
            reason.contains(message) && reason.contains("test.rhai:1"),
            "{source}: {reason}"
        );
    }
}

#[test]
fn without_a_subject_only_the_other_scopes_can_be_used() {
    let body = r#"{"type":"tick","payload":{}}"#;
    let mut run = run_on(
        engine(),
        "state::set(\"a\", 1, \"rule\"); state::get(\"a\");",
        body,
    );
    let pass = run.pass();
    assert!(
        failure(&pass).1.contains("about no booking"),
        "{:?}",
        pass.outcome
    );
}
