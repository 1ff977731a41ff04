//! What came of testing: the results of all files, with the texts of the files by the names under which they are shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use cuebook_rules::testing::{TestFiles, TestOptions, TestOutcome, TestResult};
use cuebook_rules::{Diagnostic, Engine, RuleFiles, on_big_stack};

use crate::commands::check::root_of;
use crate::commands::test::Test;
use crate::config::Config;
use crate::engine;
use crate::exit::Failure;

/// What came of testing.
#[derive(Default)]
pub(super) struct Tested {
    /// The results, by file and line.
    pub(super) results: Vec<TestResult>,
    /// How many tests were not wanted.
    pub(super) filtered_out: usize,
    /// What is wrong with rules or tests, so that they could not be run.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The texts of the files.
    pub(super) sources: BTreeMap<String, Vec<u8>>,
    /// How long it took.
    pub(super) took: Duration,
}

impl Tested {
    /// Runs the tests that `arguments` want.
    pub(super) fn new(arguments: &Test, config: &Config) -> Result<Self, Failure> {
        let mut paths = arguments.paths.clone();
        if paths.is_empty() {
            paths.push(config.rules_dir.clone());
        }
        let engine = engine::for_tests(config).map_err(Failure::unreachable)?;
        let mut tested = Self::default();
        let begun = Instant::now();
        for path in &paths {
            tested.path(path, arguments, config, &engine)?;
        }
        tested
            .results
            .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        tested.took = begun.elapsed();
        Ok(tested)
    }

    /// Whether all is well.
    pub(super) fn is_good(&self) -> bool {
        let passed = |result: &TestResult| result.outcome == TestOutcome::Passed;
        !self.diagnostics.iter().any(Diagnostic::is_error) && self.results.iter().all(passed)
    }

    /// How many tests failed.
    pub(super) fn failed(&self) -> usize {
        let failed = |result: &&TestResult| result.outcome != TestOutcome::Passed;
        self.results.iter().filter(failed).count()
    }

    fn path(
        &mut self,
        path: &Path,
        arguments: &Test,
        config: &Config,
        engine: &Engine,
    ) -> Result<(), Failure> {
        let (root, only) = root_of(&beside(path), &config.rules_dir)?;
        let files = RuleFiles::read(&root).map_err(Failure::usage)?;
        let mut tests = TestFiles::read(&root).map_err(Failure::usage)?;
        if let Some(only) = &only {
            tests.0.retain(|file, _| {
                file.strip_prefix(only.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            if tests.0.is_empty() {
                return Err(Failure::usage(anyhow!(
                    "there are no tests in {}",
                    path.display()
                )));
            }
        }
        let shown = |file: &str| root.join(file).display().to_string();
        for (file, text) in files.0.iter().chain(&tests.0) {
            self.sources.insert(shown(file), text.clone());
        }
        let checked = engine.check_apart(&files).map_err(Failure::unreachable)?;
        let found = match checked.set {
            None => checked.diagnostics,
            Some(set) => match on_big_stack(|| engine.tests(Arc::new(set), &tests))
                .map_err(Failure::unreachable)?
            {
                Err(diagnostics) => diagnostics,
                Ok(compiled) => {
                    let options = options(arguments);
                    self.filtered_out += compiled.count(&options).1;
                    let results = Mutex::new(Vec::new());
                    compiled.run(&options, &|of_file| {
                        results
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .extend(of_file);
                    });
                    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
                    self.results
                        .extend(results.into_iter().map(|result| placed(result, &shown)));
                    Vec::new()
                }
            },
        };
        let errors = found.into_iter().filter(Diagnostic::is_error);
        self.diagnostics.extend(errors.map(|mut diagnostic| {
            diagnostic.file = shown(&diagnostic.file);
            diagnostic
        }));
        Ok(())
    }
}

/// The result with its files named as they are shown.
fn placed(mut result: TestResult, shown: &impl Fn(&str) -> String) -> TestResult {
    if let TestOutcome::Failed(failure) = &mut result.outcome
        && !failure.file.is_empty()
    {
        failure.file = shown(&failure.file);
    }
    result
}

/// The tests that are meant by a rule are those beside it.
fn beside(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    match text.strip_suffix(".rhai") {
        Some(stem) if stem.strip_suffix(".test").is_none() => {
            PathBuf::from(format!("{stem}.test.rhai"))
        }
        _ => path.to_owned(),
    }
}

fn options(arguments: &Test) -> TestOptions {
    TestOptions {
        filter: arguments.filter.clone(),
        crash_everywhere: arguments.crash_everywhere,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    }
}
