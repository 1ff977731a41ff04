//! Checking the source of a rule that is not in force, within the set that is.

use std::io;

use cuebook_core::limits;
use cuebook_core::rule::RuleName;
use cuebook_rules::{Engine, RuleSet};
use poem_openapi::Object;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::Example;
use serde_json::Value as Json;

use super::view::DiagnosticBody;
use crate::admin::value::{Text, TextValue, Whole};
use crate::auth::Masking;

/// The folders that hold no rules: what stands there takes part in every check of others.
const NO_RULES: &[&str] = &["lib", "templates"];

/// The path of a rule's file, relative to the rules' folder.
#[derive(Debug, Clone)]
pub(crate) struct RulePath(String);

impl TextValue for RulePath {
    const NAME: &'static str = "rule_path";

    fn schema() -> MetaSchema {
        MetaSchema {
            pattern: Some(r"^[A-Za-z0-9_-]{1,100}/[A-Za-z0-9_-]{1,100}\.rhai$".to_owned()),
            ..MetaSchema::new("string")
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        let is_path = text.len() <= 210
            && text
                .strip_suffix(".rhai")
                .and_then(|name| name.parse::<RuleName>().ok())
                .is_some_and(|name| !NO_RULES.contains(&name.folder()));
        is_path.then(|| Self(text.to_owned())).ok_or_else(|| {
            "the path of a rule, such as new-booking/thank-you.rhai; lib/ and templates/ hold none"
                .to_owned()
        })
    }

    fn write(&self) -> Json {
        Json::from(self.0.as_str())
    }
}

/// A source to check.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct CandidateRule {
    /// Where the file would stand in the rules' folder.
    pub(crate) path: Text<RulePath>,
    /// Its source.
    pub(crate) source: Text<Whole>,
}

/// What the checker found.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct CheckedRule {
    /// Whether the set with this file could be put in force.
    pub(crate) valid: bool,
    /// What there is to say, by place.
    pub(crate) diagnostics: Vec<DiagnosticBody>,
}

impl CheckedRule {
    /// Hides what may not be seen.
    pub(crate) fn mask(&mut self, masking: Masking) {
        for diagnostic in &mut self.diagnostics {
            diagnostic.mask(masking);
        }
    }
}

/// Checks `candidate` in the place of the file of its path, beside all other files of `set`.
pub(crate) fn check(
    engine: &Engine,
    set: &RuleSet,
    candidate: CandidateRule,
) -> io::Result<CheckedRule> {
    let mut files = set.files.clone();
    let mut source = candidate.source.0.0.into_bytes();
    // One byte beyond the limit is enough for the checker to say that it is too long.
    source.truncate(limits::SOURCE + 1);
    files.0.insert(candidate.path.0.0, source);
    let checked = engine.check_apart(&files)?;
    Ok(CheckedRule {
        valid: checked.set.is_some(),
        diagnostics: checked
            .diagnostics
            .iter()
            .map(DiagnosticBody::new)
            .collect(),
    })
}

impl Example for CandidateRule {
    fn example() -> Self {
        Self {
            path: Text(RulePath("new-booking/thank-you.rhai".to_owned())),
            source: Text(Whole(
                "//! Thanks the customer.\n\nemail::sent(#{ to: \"a@example.com\" });\n".to_owned(),
            )),
        }
    }
}

impl Example for CheckedRule {
    fn example() -> Self {
        Self {
            valid: false,
            diagnostics: vec![DiagnosticBody::example()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_a_rule_is_taken() {
        for path in [
            "new-booking/thanks.rhai",
            "any/log.rhai",
            "manual/sorry.rhai",
        ] {
            assert!(RulePath::read(path).is_ok(), "{path}");
        }
        for path in [
            "lib/evil.rhai",
            "templates/evil.rhai",
            "../evil.rhai",
            "evil.rhai",
            "a/b",
        ] {
            assert!(RulePath::read(path).is_err(), "{path}");
        }
    }
}
