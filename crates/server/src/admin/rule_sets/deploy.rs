//! A whole set of rules as it is handed over: read, checked, and told what is wrong with it.

use std::collections::BTreeMap;

use cuebook_rules::{Diagnostic, Engine, RuleFiles, RuleSet};
use poem_openapi::Object;
use poem_openapi::types::Example;

use crate::admin::seats::Seats;
use crate::admin::value::{Text, Whole};
use crate::problem::{Code, Refusals, Refused};

/// So many errors are told in a refusal.
const TOLD: usize = 5;

/// A whole set of rules.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct NewRuleSet {
    /// All files by their path in the rules' folder: rules, libraries and templates.
    files: BTreeMap<String, Text<Whole>>,
}

/// Checks sets, a few at the same time: each takes a processor and a big stack.
pub(crate) struct Checker {
    /// Checks.
    pub(crate) engine: Engine,
    /// The checks that may be under way at the same time.
    pub(crate) seats: Seats,
}

impl NewRuleSet {
    /// The files, if all of them may stand in a rules' folder.
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is made once and answered at once"
    )]
    pub(crate) fn into_files<R: Refusals>(self) -> Result<RuleFiles, Refused<R>> {
        if let Some(path) = self.files.keys().find(|path| !RuleFiles::takes(path)) {
            let shown: String = path.chars().take(100).collect();
            return Err(Refused::new(
                Code::InvalidRules,
                format!(
                    "{shown:?} is no path of a rule, a library or a template, such as new-booking/thank-you.rhai, lib/money.rhai or templates/thank-you.de.txt; tests and other files are not deployed"
                ),
            ));
        }
        let files = self.files.into_iter();
        Ok(RuleFiles(
            files
                .map(|(path, text)| (path, text.0.0.into_bytes()))
                .collect(),
        ))
    }
}

impl Checker {
    /// The set that `files` make up, or a refusal that says what is wrong.
    pub(crate) async fn check<R: Refusals>(&self, files: RuleFiles) -> Result<RuleSet, Refused<R>> {
        let engine = self.engine.clone();
        let checking = self.seats.work(move || engine.check_apart(&files));
        let Some(Ok(checked)) = checking.await else {
            return Err(Refused::new(Code::Internal, "the checker failed"));
        };
        let diagnostics = checked.diagnostics;
        checked
            .set
            .ok_or_else(|| Refused::new(Code::InvalidRules, told(&diagnostics)))
    }
}

fn told(diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<String> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(ToString::to_string)
        .collect();
    let shown = errors.iter().take(TOLD).cloned().collect::<Vec<_>>();
    let more = match errors.len() - shown.len() {
        0 => String::new(),
        more => format!("; and {more} more, which `cuebook check` shows"),
    };
    format!("{}{more}", shown.join("; "))
}

impl Example for NewRuleSet {
    fn example() -> Self {
        let source = "//! Says hello.\n\nlog::info(\"hello\");\n";
        Self {
            files: BTreeMap::from([(
                "new-booking/hello.rhai".to_owned(),
                Text(Whole(source.to_owned())),
            )]),
        }
    }
}
