//! Runs tests: each on a stage of its own, the files on several threads.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::DateTime;
use cuebook_core::clock::Timestamp;
use cuebook_core::value::Value;
use rhai::{CallFnOptions, EvalAltResult, Scope};

use super::compile::{Test, TestFile, Tests};
use super::current::{self, Running};
use super::failure::{TestFailure, of_error};
use super::stage::Stage;
use super::{difference, effects, shown};
use crate::host::{gauge, modules};
use crate::stack::STACK;

/// When tests begin, unless they set the clock: a Monday morning.
const START: &str = "2026-03-02T09:00:00Z";

/// How tests are run.
#[derive(Debug, Clone, Default)]
pub struct TestOptions {
    /// Only tests whose `file::name` has this in it.
    pub filter: Option<String>,
    /// Each test is run once more as if the process died after every step, and has to do the same.
    pub crash_everywhere: bool,
    /// On so many threads; one at least.
    pub threads: usize,
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestOutcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed(Box<TestFailure>),
}

/// A test that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The file, relative to the rules' folder.
    pub file: String,
    /// The test's name.
    pub name: String,
    /// The line that it begins in.
    pub line: u32,
    /// What became of it.
    pub outcome: TestOutcome,
    /// What it printed.
    pub printed: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// What came of one time through a test.
struct Played {
    failure: Option<TestFailure>,
    printed: Vec<String>,
    effects: Value,
}

impl Tests {
    /// The tests that `options` want: how many, and how many are left out.
    pub fn count(&self, options: &TestOptions) -> (usize, usize) {
        let all = self
            .files
            .iter()
            .map(|file| file.tests.len())
            .sum::<usize>();
        let wanted = self
            .files
            .iter()
            .flat_map(|file| {
                file.tests
                    .iter()
                    .filter(|test| is_wanted(file, test, options))
            })
            .count();
        (wanted, all - wanted)
    }

    /// Runs the tests, file by file; `told` hears of each file when all of its tests are over, in any order.
    pub fn run(&self, options: &TestOptions, told: &(dyn Fn(Vec<TestResult>) + Sync)) {
        let next = AtomicUsize::new(0);
        let threads = options.threads.clamp(1, self.files.len().max(1));
        thread::scope(|scope| {
            for number in 0..threads {
                let work = || {
                    while let Some(file) = self.files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let tests = file
                            .tests
                            .iter()
                            .filter(|test| is_wanted(file, test, options));
                        told(
                            tests
                                .map(|test| self.run_one(file, test, options))
                                .collect(),
                        );
                    }
                };
                let started = thread::Builder::new()
                    .name(format!("test-{number}"))
                    .stack_size(STACK)
                    .spawn_scoped(scope, work);
                // Fewer threads are enough; without any, nothing would be told.
                if started.is_err() && number == 0 {
                    work();
                }
            }
        });
    }

    fn run_one(&self, file: &TestFile, test: &Test, options: &TestOptions) -> TestResult {
        let begun = Instant::now();
        let mut played = self.play_caught(file, test, false);
        if played.failure.is_none() && options.crash_everywhere {
            let crashed = self.play_caught(file, test, true);
            played.failure = with_crashes((&file.path, test.line), &played.effects, crashed);
        }
        let outcome = match played.failure {
            None => TestOutcome::Passed,
            Some(failure) => TestOutcome::Failed(Box::new(failure)),
        };
        TestResult {
            file: file.path.clone(),
            name: test.name.clone(),
            line: test.line,
            outcome,
            printed: played.printed,
            took: begun.elapsed(),
        }
    }

    fn play_caught(&self, file: &TestFile, test: &Test, crashes: bool) -> Played {
        catch_unwind(AssertUnwindSafe(|| self.play(file, test, crashes))).unwrap_or_else(|_| {
            current::leave();
            Played {
                failure: Some(TestFailure::new(
                    "the test harness has failed: a fault of Cuebook's",
                )),
                printed: Vec::new(),
                effects: Value::Unit,
            }
        })
    }

    /// One time through a test.
    fn play(&self, file: &TestFile, test: &Test, crashes: bool) -> Played {
        let rule = file
            .rule
            .as_ref()
            .and_then(|name| self.rules.rules.get(name));
        let stage = Stage::new(
            self.engine.clone(),
            Arc::clone(&self.rules),
            rule.cloned(),
            Arc::clone(&file.parameters),
            start(),
            crashes,
        );
        let settings = &self.scripts.0.settings;
        let measuring = gauge::begin(&settings.limits, settings.memory);
        let imports = modules::enter(Arc::clone(&file.modules));
        current::enter(Running {
            file: file.path.clone(),
            stage: Some(stage),
            failure: None,
            printed: Vec::new(),
        });
        let called = self.scripts.0.rhai.call_fn_with_options::<rhai::Dynamic>(
            CallFnOptions::new().eval_ast(true).rewind_scope(true),
            &mut Scope::new(),
            &file.ast,
            &test.name,
            (),
        );
        let running = current::leave();
        let tripped = gauge::tripped();
        drop(imports);
        drop(measuring);
        let Some(running) = running else {
            return Played {
                failure: Some(TestFailure::new("the test is gone: a fault of Cuebook's")),
                printed: Vec::new(),
                effects: Value::Unit,
            };
        };
        let mut failure = match (running.failure, called) {
            (Some(failure), _) => Some(failure),
            (None, Ok(_)) => None,
            (None, Err(error)) => Some(match (&*error, tripped) {
                (EvalAltResult::ErrorTerminated(_, place), Some(limit)) => {
                    TestFailure::new(format!("the test was stopped: {limit}"))
                        .at(&file.path, *place)
                }
                _ => of_error(&file.path, *error),
            }),
        };
        let stage = running.stage.as_ref();
        if let (Some(failure), Some(stage)) = (&mut failure, stage) {
            failure.log = shown::log(stage);
        }
        Played {
            failure,
            printed: running.printed,
            effects: stage.map(effects::of).unwrap_or_default(),
        }
    }
}

/// Why a test that passed fails with crashes, if it does.
fn with_crashes((file, line): (&str, u32), plain: &Value, crashed: Played) -> Option<TestFailure> {
    if let Some(mut failure) = crashed.failure {
        failure.message = format!("with a crash after every step: {}", failure.message);
        return Some(failure);
    }
    if *plain == crashed.effects {
        return None;
    }
    Some(TestFailure {
        file: file.to_owned(),
        line,
        column: 1,
        message: "with a crash after every step the runs did something else".to_owned(),
        log: difference::lines(plain, &crashed.effects),
        ..TestFailure::default()
    })
}

fn is_wanted(file: &TestFile, test: &Test, options: &TestOptions) -> bool {
    options
        .filter
        .as_ref()
        .is_none_or(|filter| format!("{}::{}", file.path, test.name).contains(filter.as_str()))
}

fn start() -> Timestamp {
    DateTime::parse_from_rfc3339(START).map_or(Timestamp::UNIX_EPOCH, |at| at.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(effects: i64, failure: Option<TestFailure>) -> Played {
        Played {
            failure,
            printed: Vec::new(),
            effects: Value::Int(effects),
        }
    }

    #[test]
    fn a_crash_that_changes_an_effect_or_an_assertion_fails_the_test() {
        let compare = |crashed| with_crashes(("a.test.rhai", 3), &Value::Int(1), crashed);
        assert_eq!(compare(played(1, None)), None);
        let other = compare(played(2, None)).unwrap();
        assert_eq!(
            (other.line, other.log),
            (3, vec!["- 1".to_owned(), "+ 2".to_owned()])
        );
        let failed = compare(played(1, Some(TestFailure::new("no")))).unwrap();
        assert_eq!(failed.message, "with a crash after every step: no");
    }
}
