//! Making an engine: which functions it takes.

use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind};
use cuebook_rules::{Engine, EngineError, Outcome};

use crate::driver::{engine, failure, run, settings};
use crate::functions::function;

fn with(descriptor: FunctionDescriptor) -> Result<Engine, EngineError> {
    let mut settings = settings();
    settings.functions.push(descriptor);
    Engine::new(settings)
}

#[test]
fn its_functions_are_those_from_outside_and_our_own() {
    let names: Vec<&str> = engine()
        .functions()
        .iter()
        .map(|descriptor| descriptor.name)
        .collect();
    for name in ["http::get", "emit", "now", "uuid", "sleep", "sleep_until"] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn a_name_that_rhai_reserves_is_refused() {
    for name in ["x::case", "x::public", "import", "x::fn", "no name", ""] {
        let refused = with(function(name, FunctionKind::Read, &[], Answer::Unit));
        assert!(matches!(refused, Err(EngineError::Name(_))), "{name}");
    }
}

#[test]
fn a_name_that_is_taken_is_refused() {
    for name in ["http::get", "now"] {
        let refused = with(function(name, FunctionKind::Read, &[], Answer::Unit));
        assert!(matches!(refused, Err(EngineError::Twice(_))), "{name}");
    }
}

#[test]
fn what_nobody_outside_can_answer_is_refused() {
    for kind in [FunctionKind::Local, FunctionKind::Wait] {
        let refused = with(function("x::y", kind, &[], Answer::Unit));
        assert!(matches!(refused, Err(EngineError::NotOutside(_))));
    }
}

#[test]
fn a_fault_of_the_engine_fails_the_run_and_nothing_else() {
    let mut faulty = run("try { faulty::send(); } catch { log::info(\"caught\"); }");
    let pass = faulty.pass();
    let (code, reason) = failure(&pass);
    assert_eq!(code, "panic");
    assert!(reason.contains("on purpose"), "{reason}");
    assert!(faulty.logs.is_empty());
    assert_eq!(run("let x = 1;").pass().outcome, Outcome::Completed);
}
