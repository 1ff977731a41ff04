//! The checker: one for editor, `check`, `test` and `serve`. It looks at a whole set and reports all that it finds.
//!
//! It raises no false alarm: where a script may be right in a way that it cannot see, it is silent.

mod allow;
mod chain;
mod deeds;
mod folders;
mod imports;
mod kind;
mod kinds;
mod known;
mod lints;
mod literals;
mod scope;
mod script;
mod subject;
mod tests_of_rules;
pub(crate) mod tokens;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::rule::RuleName;

pub(crate) use self::lints::start_of_statement;
pub(crate) use self::tests_of_rules::TestLints;

use self::deeds::Deeds;
use self::folders::Place;
use self::known::Known;
use self::subject::{Nature, Subject};
use crate::compile;
use crate::diagnostic::{self, Diagnostic};
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::head::{self, Head};
use crate::program::{Program, Unit};
use crate::set::{self, Rule, RuleSet};
use crate::templates::TemplateSet;

/// What came of a check.
#[derive(Debug)]
pub struct Checked {
    /// The set; `None` if there is any error.
    pub set: Option<RuleSet>,
    /// What was found, by file and line.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a whole set.
pub(crate) fn check(engine: &Engine, files: &RuleFiles) -> Checked {
    let mut checker = Checker {
        engine,
        files,
        known: Known::new(engine, files),
        libraries: BTreeMap::new(),
        rules: Vec::new(),
        diagnostics: folders::warnings(files),
    };
    let templates = checker.templates();
    for path in files.0.keys() {
        match folders::place(path) {
            Ok(Place::Rule(name)) => checker.rule(path, &name, &templates),
            Ok(Place::Library) => checker.library(path),
            Ok(Place::Template) => {}
            Err(diagnostic) => checker.diagnostics.push(*diagnostic),
        }
    }
    checker.finish()
}

struct Checker<'a> {
    engine: &'a Engine,
    files: &'a RuleFiles,
    known: Known,
    /// The libraries, by path: each is looked at once, however many rules import it.
    libraries: BTreeMap<String, Unit>,
    rules: Vec<(Head, Program)>,
    diagnostics: Vec<Diagnostic>,
}

impl Checker<'_> {
    /// The templates; none where one of them is wrong, which is reported.
    fn templates(&mut self) -> Arc<TemplateSet> {
        let zone = self.engine.0.settings.timezone;
        let templates = TemplateSet::new(self.files, zone).unwrap_or_else(|diagnostics| {
            self.diagnostics.extend(diagnostics);
            TemplateSet::empty(zone)
        });
        self.known.note_templates(&templates);
        Arc::new(templates)
    }

    fn rule(&mut self, path: &str, name: &RuleName, templates: &Arc<TemplateSet>) {
        let source = self.files.text(path).unwrap_or_default();
        let zone = self.engine.0.settings.timezone;
        let (head, diagnostics) = head::parse(path, source, zone);
        self.diagnostics.extend(diagnostics);
        match compile::compile_with(self.engine, name, self.files, Arc::clone(templates)) {
            Ok(program) => self.rules.push((head, program)),
            Err(diagnostics) => self.diagnostics.extend(diagnostics),
        }
    }

    fn library(&mut self, path: &str) {
        match compile::library(self.engine, path, self.files) {
            Ok(unit) => {
                self.libraries.insert(path.to_owned(), unit);
            }
            Err(diagnostics) => self.diagnostics.extend(diagnostics),
        }
    }

    fn finish(mut self) -> Checked {
        for (head, _) in &self.rules {
            self.known.types.extend(head.options.types.iter().cloned());
        }
        let mut found = Vec::new();
        let deeds = Deeds::of_libraries(&self.libraries, &self.known);
        for unit in self.libraries.values() {
            let subject = Subject::other(Nature::Library, &self.libraries, &deeds);
            found.extend(self.lint(unit, &subject));
        }
        for (head, program) in &self.rules {
            if let Some(unit) = program.units.first() {
                let subject = Subject::rule(&program.rule, &head.options, &self.libraries, &deeds);
                found.extend(self.lint(unit, &subject));
            }
        }
        self.diagnostics.append(&mut found);
        diagnostic::sort(&mut self.diagnostics);
        let is_valid = !self.diagnostics.iter().any(Diagnostic::is_error);
        let set = is_valid.then(|| self.set());
        Checked {
            set,
            diagnostics: self.diagnostics,
        }
    }

    fn lint(&self, unit: &Unit, subject: &Subject<'_>) -> Vec<Diagnostic> {
        let source = self.files.text(&unit.path).unwrap_or_default();
        let file = walk::File {
            path: &unit.path,
            ast: &unit.ast,
            source,
        };
        walk::lint(self.engine, &file, subject, &self.known)
    }

    fn set(&mut self) -> RuleSet {
        let files = self.files;
        let rules = std::mem::take(&mut self.rules).into_iter();
        let rules = rules.map(|(head, program)| {
            let paths = set::paths_of(&program, files);
            let rule = Rule {
                name: program.rule.clone(),
                description: head.description,
                options: head.options,
                timetable: head.timetable,
                version: set::version_hash(&paths, files),
                paths,
                program: Arc::new(program),
            };
            (rule.name.clone(), Arc::new(rule))
        });
        RuleSet {
            hash: set::set_hash(files),
            files: files.clone(),
            rules: rules.collect(),
        }
    }
}
