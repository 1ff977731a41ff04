//! The rules' folder, checked as `cuebook check` does.

use cuebook_rules::RuleFiles;

use super::part::{Part, Verdict};
use crate::config::Config;
use crate::engine;

const NAME: &str = "rules";
/// So many errors are told; `cuebook check` tells all.
const TOLD: usize = 5;

/// Checks the rules.
pub(crate) fn rules(config: &Config) -> Part {
    let engine = match engine::for_checks(config) {
        Ok(engine) => engine,
        Err(error) => return Part::failed(NAME, &error),
    };
    let files = match RuleFiles::read(&config.rules_dir) {
        Ok(files) => files,
        Err(error) => return Part::failed(NAME, &error),
    };
    let checked = match engine.check_apart(&files) {
        Ok(checked) => checked,
        Err(error) => return Part::failed(NAME, &error),
    };
    let errors: Vec<String> = checked
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(ToString::to_string)
        .collect();
    if errors.is_empty() {
        let rules = checked.set.map_or(0, |set| set.rules.len());
        let warnings = checked.diagnostics.len();
        return Part::good(
            NAME,
            format!(
                "{rules} in {}, {warnings} warnings",
                config.rules_dir.display()
            ),
        );
    }
    let number = errors.len();
    let mut says: Vec<String> = errors.into_iter().take(TOLD).collect();
    says.push(format!(
        "{number} errors; `cuebook check` shows each with its place"
    ));
    Part::new(NAME, Verdict::Finding, says)
}
