//! The tests of rules: looked at like rules, with the functions that only tests have.

use std::collections::BTreeMap;

use rhai::AST;

use super::deeds::Deeds;
use super::known::Known;
use super::subject::{Nature, Subject};
use super::walk::{self, File};
use crate::compile;
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::program::Unit;
use crate::set::LIB;
use crate::templates::TemplateSet;

/// What tests of a set can call and name.
pub(crate) struct TestLints {
    known: Known,
    libraries: BTreeMap<String, Unit>,
    deeds: Deeds,
}

impl TestLints {
    /// What tests beside `rules` can call: `scripts` is the engine that runs them.
    pub(crate) fn new(scripts: &Engine, rules: &RuleFiles) -> Self {
        let is_library = |path: &&String| path.split('/').next() == Some(LIB);
        let paths = rules.0.keys().filter(is_library);
        // What is wrong with a library is said about it, not here.
        let compiled = paths.filter_map(|path| {
            let unit = compile::library(scripts, path, rules).ok()?;
            Some((path.clone(), unit))
        });
        let mut known = Known::new(scripts, rules);
        let zone = scripts.0.settings.timezone;
        if let Ok(templates) = TemplateSet::new(rules, zone) {
            known.note_templates(&templates);
        }
        let libraries = compiled.collect();
        Self {
            deeds: Deeds::of_libraries(&libraries, &known),
            known,
            libraries,
        }
    }

    /// What is to be said about one file of tests.
    pub(crate) fn check(
        &self,
        scripts: &Engine,
        path: &str,
        ast: &AST,
        source: &str,
    ) -> Vec<Diagnostic> {
        let subject = Subject::other(Nature::Tests, &self.libraries, &self.deeds);
        walk::lint(scripts, &File { path, ast, source }, &subject, &self.known)
    }
}
