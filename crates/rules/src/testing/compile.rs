//! From files of tests to what can be run: parses each with the libraries that it imports, and finds its tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::rule::RuleName;
use rhai::{AST, FnAccess};

use super::files::{END, TestFiles};
use super::functions;
use crate::check::TestLints;
use crate::compile;
use crate::diagnostic::{self, Diagnostic};
use crate::engine::{Engine, Inner};
use crate::files::RuleFiles;
use crate::functions::pure::{self, PureContext};
use crate::host::modules::Modules;
use crate::sandbox;
use crate::set::RuleSet;

/// How the name of a test begins.
const TEST: &str = "test_";

/// One test of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The function's name.
    pub name: String,
    /// The line that it begins in.
    pub line: u32,
}

/// A compiled file of tests.
#[derive(Debug)]
pub struct TestFile {
    /// Its path.
    pub path: String,
    /// The rule beside it; `None` where there is none, as beside a library.
    pub rule: Option<RuleName>,
    /// Its tests, in the order of the file.
    pub tests: Vec<Test>,
    pub(super) ast: AST,
    pub(super) modules: Arc<Modules>,
    /// How many parameters each of its functions has, closures too.
    pub(super) parameters: Arc<BTreeMap<String, usize>>,
}

/// The tests of a set of rules.
pub struct Tests {
    /// The files, by path.
    pub files: Vec<TestFile>,
    pub(super) engine: Engine,
    pub(super) scripts: Engine,
    pub(super) rules: Arc<RuleSet>,
}

impl Engine {
    /// Compiles the tests of `rules`.
    ///
    /// # Errors
    /// What is wrong with them. Warnings alone are none.
    pub fn tests(&self, rules: Arc<RuleSet>, files: &TestFiles) -> Result<Tests, Vec<Diagnostic>> {
        let scripts = self.for_tests();
        let mut compiled = Vec::new();
        let mut diagnostics = Vec::new();
        for path in files.0.keys() {
            match compile_file(&scripts, path, &rules.files, files) {
                Ok(file) => compiled.push(file),
                Err(found) => diagnostics.extend(found),
            }
        }
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(diagnostics);
        }
        Ok(Tests {
            files: compiled,
            engine: self.clone(),
            scripts,
            rules,
        })
    }

    /// What is wrong with tests, whether or not their rules are right.
    pub fn check_tests(&self, rules: &RuleFiles, files: &TestFiles) -> Vec<Diagnostic> {
        let scripts = self.for_tests();
        let lints = TestLints::new(&scripts, rules);
        let mut diagnostics = Vec::new();
        for path in files.0.keys() {
            match compile_file(&scripts, path, rules, files) {
                Ok(file) => {
                    let source = files.text(path).unwrap_or_default();
                    diagnostics.extend(lints.check(&scripts, path, &file.ast, source));
                }
                Err(found) => diagnostics.extend(found),
            }
        }
        diagnostic::sort(&mut diagnostics);
        diagnostics
    }

    /// An engine for the scripts of tests: what only runs have is not there, and what only tests have is.
    fn for_tests(&self) -> Self {
        let settings = Arc::clone(&self.0.settings);
        let mut rhai = sandbox::engine(&settings);
        crate::types::register(&mut rhai);
        crate::functions::host::secret::register(&mut rhai);
        pure::register(
            &mut rhai,
            &PureContext {
                timezone: settings.timezone,
                default_locale: settings.default_locale.clone(),
                secrets: Arc::clone(&settings.secrets),
            },
        );
        functions::register(&mut rhai);
        Self(Arc::new(Inner {
            rhai,
            functions: Arc::default(),
            settings,
        }))
    }
}

/// Compiles one file.
fn compile_file(
    scripts: &Engine,
    path: &str,
    rules: &RuleFiles,
    files: &TestFiles,
) -> Result<TestFile, Vec<Diagnostic>> {
    let source = files.0.get(path).map(Vec::as_slice).unwrap_or_default();
    let (ast, modules) = compile::test(scripts, path, source, rules)?;
    let beside = path.strip_suffix(END).unwrap_or(path);
    let rule = rules.0.contains_key(&format!("{beside}.rhai"));
    let mut tests: Vec<Test> = ast
        .iter_functions()
        .filter(|function| {
            function.name.starts_with(TEST)
                && function.params.is_empty()
                && function.access == FnAccess::Public
        })
        .map(|function| Test {
            name: function.name.to_owned(),
            line: line_of(source, function.name),
        })
        .collect();
    tests.sort_by_key(|test| test.line);
    let parameters: BTreeMap<String, usize> = ast
        .iter_functions()
        .map(|function| (function.name.to_owned(), function.params.len()))
        .collect();
    Ok(TestFile {
        path: path.to_owned(),
        rule: rule.then(|| beside.parse().ok()).flatten(),
        tests,
        ast,
        modules,
        parameters: Arc::new(parameters),
    })
}

/// The line in which a function begins: Rhai does not say.
fn line_of(source: &[u8], name: &str) -> u32 {
    let text = String::from_utf8_lossy(source);
    let begins = |line: &str| {
        line.trim_start()
            .trim_start_matches("private ")
            .strip_prefix("fn ")
            .and_then(|rest| rest.trim_start().strip_prefix(name))
            .is_some_and(|rest| rest.trim_start().starts_with('('))
    };
    text.lines()
        .position(begins)
        .and_then(|at| u32::try_from(at + 1).ok())
        .unwrap_or(1)
}
