//! The tests of rules: what a test can do, and how it fails.

mod failing;
mod playing;

use std::sync::{Arc, Mutex};

use cuebook_rules::testing::{TestFailure, TestFiles, TestOptions, TestOutcome, TestResult};

use crate::driver::{engine, files};

/// The path of the rule that is tested.
const RULE: &str = "new-booking/test.rhai";

/// What becomes of the tests in `tests` beside a rule with this source.
fn run(rule: &str, tests: &str) -> Vec<TestResult> {
    run_with(&[(RULE, rule)], tests, &TestOptions::default())
}

fn run_with(rules: &[(&str, &str)], tests: &str, options: &TestOptions) -> Vec<TestResult> {
    let engine = engine();
    let checked = engine.check(&files(rules));
    let set = checked
        .set
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics));
    let path = "new-booking/test.test.rhai".to_owned();
    let tests = TestFiles([(path, tests.as_bytes().to_vec())].into());
    let compiled = engine.tests(Arc::new(set), &tests);
    let compiled = compiled.unwrap_or_else(|found| panic!("{found:?}"));
    let results = Mutex::new(Vec::new());
    compiled.run(options, &|of_file| results.lock().unwrap().extend(of_file));
    results.into_inner().unwrap()
}

/// Runs tests that all pass.
fn passes(rule: &str, tests: &str) {
    all_passed(&run(rule, tests));
}

fn all_passed(results: &[TestResult]) {
    assert!(!results.is_empty());
    for result in results {
        assert_eq!(result.outcome, TestOutcome::Passed, "{}", result.name);
    }
}

/// Why the one test fails that has these statements.
fn failure(rule: &str, body: &str) -> TestFailure {
    let mut results = run(rule, &format!("fn test_it() {{\n{body}\n}}"));
    match results.remove(0).outcome {
        TestOutcome::Failed(failure) => *failure,
        TestOutcome::Passed => panic!("it passed"),
    }
}
