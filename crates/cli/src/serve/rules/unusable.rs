//! Why a set of rules does not run.

use cuebook_rules::{Diagnostic, ReadError, RuleFiles};
use cuebook_store::StoreError;

/// Why a set of rules does not run.
#[derive(Debug, thiserror::Error)]
pub(in crate::serve) enum Unusable {
    /// The folder cannot be read.
    #[error("the rules' folder cannot be read")]
    Unreadable(#[from] ReadError),
    /// The rules have errors.
    #[error("the rules have errors")]
    Invalid(Vec<Diagnostic>, RuleFiles),
    /// The set cannot be stored, or what is stored cannot be read.
    #[error("the database cannot be asked for the rules")]
    Store(#[from] StoreError),
    /// The checker could not run.
    #[error("the checker could not run")]
    NotChecked(#[from] std::io::Error),
}

impl Unusable {
    /// The problem as the checker would say it; `place` is where the rules come from.
    pub(super) fn diagnostics(&self, place: &str) -> Vec<Diagnostic> {
        /// The code of a diagnostic about the set itself.
        const NO_SET: &str = "E0001";
        match self {
            Self::Invalid(diagnostics, _) => diagnostics.clone(),
            other => vec![Diagnostic::error(place, NO_SET, chain(other))],
        }
    }
}

/// An error with all its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
