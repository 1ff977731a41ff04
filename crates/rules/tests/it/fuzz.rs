//! Programs that nobody would write, made of random bytes by a grammar: compiled, checked, and run over random answers.
//!
//! Whatever they do, nothing may panic, run beyond its limits, or come to another outcome when it is run again over the
//! same journal. A part of `cargo test` for some seconds; with `CUEBOOK_FUZZ_SECONDS` it goes on for so long. What fails
//! is made as small as it gets, and printed.

mod answers;
mod grammar;
mod soup;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cuebook_core::chance::Chance;
use cuebook_core::journal::Journal;
use cuebook_core::{Timestamp, Value};
use cuebook_rules::{Engine, Outcome, Pass, Program};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use uuid::Uuid;

use self::grammar::Choices;
use crate::driver::{RULE, Run, engine_with, files, run};

/// How long each of the tests takes unless it is told otherwise.
const SECONDS: u64 = 3;
/// So many programs are tried between two looks at the clock.
const CASES: u32 = 50;
/// The operations of a pass: enough for anything, and quick.
const OPERATIONS: u64 = 20_000;
/// A pass, or a compilation, that takes longer than this escapes its limits.
const TIME: Duration = Duration::from_secs(5);

/// The same id each time, so that a pass over the same journal can be compared.
struct Same;

impl Chance for Same {
    fn uuid(&self, _now: Timestamp) -> Uuid {
        Uuid::from_u128(7)
    }

    fn bytes(&self) -> [u8; 32] {
        [7; 32]
    }
}

fn seconds() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a test is asked to go on")]
    let text = std::env::var("CUEBOOK_FUZZ_SECONDS").ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(SECONDS)
}

/// Tries `check` with random bytes on a thread with a big stack, until the time is over.
fn fuzz(check: impl Fn(&Engine, &[u8]) + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024);
    let work = move || {
        let engine = engine_with(|limits| limits.operations = OPERATIONS);
        let end = Instant::now() + Duration::from_secs(seconds());
        let mut round: u64 = 0;
        while Instant::now() < end || round == 0 {
            let mut seed = [0; 32];
            seed[..8].copy_from_slice(&round.to_le_bytes());
            let config = Config {
                cases: CASES,
                max_shrink_time: 60_000,
                failure_persistence: None,
                ..Config::default()
            };
            let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
            let tried =
                TestRunner::new_with_rng(config, random).run(&vec(any::<u8>(), 0..600), |bytes| {
                    check(&engine, &bytes);
                    Ok(())
                });
            tried.unwrap_or_else(|error| panic!("round {round}: {error}"));
            round += 1;
        }
    };
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn no_program_breaks_its_bounds_or_its_journal() {
    fuzz(|engine, bytes| {
        let mut choices = Choices::new(bytes);
        let source = grammar::program(&mut choices, engine);
        if let Some(program) = compiled(engine, &source) {
            drive(engine, program, &mut choices, &source);
        }
    });
}

#[test]
fn no_soup_of_tokens_breaks_the_compiler_or_the_checker() {
    fuzz(|engine, bytes| {
        compiled(engine, &soup::source(bytes));
    });
}

/// Compiles and checks, each within its time.
fn compiled(engine: &Engine, source: &str) -> Option<Program> {
    let files = files(&[("new-booking/test.rhai", source)]);
    let begun = Instant::now();
    let program = engine.program(&RULE.parse().unwrap(), &files).ok();
    let checked = engine.check(&files);
    assert!(
        begun.elapsed() < TIME,
        "it was compiled for too long:\n{source}"
    );
    // What the checker lets through can be compiled.
    assert!(checked.set.is_none() || program.is_some(), "{source}");
    program
}

/// Runs a program to its end, over answers of all kinds.
fn drive(engine: &Engine, program: Program, choices: &mut Choices<'_>, source: &str) {
    let mut input = run("").input;
    input.chance = Arc::new(Same);
    input.journal = Arc::new(Journal::default());
    let mut driven = Run {
        engine: engine.clone(),
        program,
        input,
        calls: Vec::new(),
        logs: Vec::new(),
        passes: 0,
    };
    for _ in 0..40 {
        let pass = pass(&mut driven, source);
        match &pass.outcome {
            Outcome::Suspended { calls } => {
                assert!(!calls.is_empty(), "a pass came to nothing:\n{source}");
                for call in calls {
                    driven.answer(&call.path.to_string(), answers::answer(choices, call));
                }
            }
            Outcome::Awaiting { step, .. } if choices.one_of(2) == 0 => {
                driven.answer(&step.path.to_string(), Ok(Value::Unit));
            }
            Outcome::Waiting { .. } | Outcome::Awaiting { .. } => {
                driven.later(Duration::from_hours(24 * 400));
            }
            _ => return,
        }
    }
}

/// One pass, and the same over the same journal again.
fn pass(driven: &mut Run, source: &str) -> Pass {
    let input = driven.input.clone();
    let begun = Instant::now();
    let pass = driven.pass();
    assert!(begun.elapsed() < TIME, "it ran for too long:\n{source}");
    let again = driven.engine.advance(&driven.program, &input);
    let is_stopped =
        |pass: &Pass| matches!(&pass.outcome, Outcome::Failed(failure) if failure.code == "limit");
    assert!(
        is_stopped(&pass) || is_stopped(&again) || pass == again,
        "the same journal leads to {:?} and {:?}:\n{source}",
        pass.outcome,
        again.outcome
    );
    if let Outcome::Failed(failure) = &pass.outcome {
        assert_ne!(failure.code, "panic", "{}:\n{source}", failure.reason);
    }
    assert!(
        !matches!(pass.outcome, Outcome::Blocked(_)),
        "it diverged from its own journal: {:?}\n{source}",
        pass.outcome
    );
    pass
}
