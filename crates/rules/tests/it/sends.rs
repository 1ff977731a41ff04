//! Sends: prepared where the script calls them, collected, and sent when the segment ends.

use cuebook_core::CallError;
use cuebook_core::journal::StepKind;
use cuebook_core::keys::effect_key;
use cuebook_core::send::Route;
use cuebook_core::value::Value;
use cuebook_rules::Outcome;

use crate::driver::{failure, run};

#[test]
fn a_send_needs_no_answer_and_is_collected() {
    let mut run = run(r#"
        email::send(#{ to: "a@example.com" });
        emit("seat-freed", #{ seat: 7 });
        "#);
    let pass = run.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert_eq!(pass.sends.len(), 2);
    let mail = &pass.sends[0].parts[0];
    assert_eq!(mail.target, "a@example.com");
    assert_eq!(
        mail.key,
        effect_key(run.input.run, 0, &pass.sends[0].path, 0)
    );
    assert_eq!(pass.sends[0].line, Some(2));
    assert_eq!(pass.sends[1].parts[0].route, Route::Event);
    assert_eq!(pass.sends[1].parts[0].body, br#"{"seat":7}"#);
}

#[test]
fn what_is_wrong_with_a_send_throws_at_its_line() {
    let mut run = run("\nemail::send(#{ to: \"nobody\" });");
    let pass = run.pass();
    assert_eq!(
        failure(&pass).1,
        "new-booking/test.rhai:2: \"nobody\" is no address"
    );
    let mut caught = crate::driver::run(
        r#"try { email::send(#{ to: "nobody" }); } catch (e) { log::info(e.kind); }"#,
    );
    let pass = caught.pass();
    assert_eq!(pass.outcome, Outcome::Completed);
    assert!(pass.sends.is_empty());
    assert_eq!(caught.said(), "invalid");
}

#[test]
fn sends_before_a_call_are_collected_by_the_pass_that_ends_the_segment() {
    let mut run = run(r#"
        email::send(#{ to: "a@example.com" });
        http::get("https://a.example");
        email::send(#{ to: "b@example.com" });
        "#);
    assert!(run.pass().sends.is_empty());
    run.answer("1", Ok(crate::driver::http(200, "")));
    let pass = run.pass();
    assert_eq!(pass.sends.len(), 2);
}

#[test]
fn a_new_generation_has_new_keys() {
    let mut run = run(r#"email::send(#{ to: "a@example.com" });"#);
    let first = run.pass().sends[0].parts[0].key.clone();
    assert_eq!(run.pass().sends[0].parts[0].key, first);
    run.input.generation = 1;
    assert_ne!(run.pass().sends[0].parts[0].key, first);
}

#[test]
fn a_send_that_could_not_be_prepared_is_journaled_and_throws_the_same_in_each_replay() {
    let source = r#"
        try { email::send(#{ to: "nobody" }); } catch (e) { http::get(`https://a.example/${e.message}`); }
        "#;
    let mut run = run(source);
    let pass = run.pass();
    let step = &pass.steps[0];
    assert_eq!(
        (step.kind, step.path.to_string().as_str()),
        (StepKind::Send, "0")
    );
    assert!(step.answer.as_ref().unwrap().is_err());
    assert!(step.arguments.is_empty());

    let mut replayed = crate::driver::run(source);
    let mut entry = step.entry();
    entry.answer = Some(Err(CallError::invalid("recorded")));
    let journal = std::sync::Arc::make_mut(&mut replayed.input.journal);
    journal.steps.insert(step.path.clone(), entry);
    replayed.pass();
    assert_eq!(
        replayed.calls[0].arguments[0],
        Value::from("https://a.example/recorded")
    );
}
