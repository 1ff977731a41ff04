//! The checker.

use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::files::RuleFiles;
use crate::set::RuleSet;

/// What came of a check.
#[derive(Debug)]
pub struct Checked {
    /// The set, if nothing is wrong with it.
    pub set: Option<RuleSet>,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a whole set.
pub(crate) fn check(_engine: &Engine, _files: &RuleFiles) -> Checked {
    Checked {
        set: None,
        diagnostics: Vec::new(),
    }
}
