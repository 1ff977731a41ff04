//! Sets of rules for the tests.

use std::sync::Arc;

use cuebook_core::secret::NoSecrets;
use cuebook_rules::{ActiveRules, Engine, Limits, RuleFiles, RuleSet, Settings};

const RULE: &str = "//! Thanks the customer.\n\nlog::info(\"thanks\");\n";

/// An engine, and one rule in force.
pub(super) fn rules() -> (Engine, Arc<ActiveRules>) {
    let engine = Engine::new(Settings {
        functions: Vec::new(),
        timezone: chrono_tz::Europe::Zurich,
        default_locale: "de".to_owned(),
        default_from: None,
        secrets: Arc::new(NoSecrets),
        memory: None,
        limits: Limits::default(),
    })
    .unwrap();
    let set = rule_set(&engine, &[("new-booking/thank-you.rhai", RULE)]);
    let active = Arc::new(ActiveRules::new(set));
    (engine, active)
}

/// The set of these files, which must be valid.
pub(super) fn rule_set(engine: &Engine, files: &[(&str, &str)]) -> RuleSet {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    let checked = engine.check(&RuleFiles(files));
    checked
        .set
        .unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}
