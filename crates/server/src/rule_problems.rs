//! What the last failed reload of the rules said, for as long as the folder stays invalid.

use arc_swap::ArcSwapOption;
use cuebook_core::Timestamp;
use cuebook_rules::Diagnostic;

/// A failed reload.
#[derive(Debug, Clone)]
pub struct FailedReload {
    /// When it was tried.
    pub at: Timestamp,
    /// What is wrong with the rules.
    pub diagnostics: Vec<Diagnostic>,
}

/// The last failed reload, shared between whoever reloads and whoever shows it.
#[derive(Debug, Default)]
pub struct RuleProblems(ArcSwapOption<FailedReload>);

impl RuleProblems {
    /// No failed reload.
    pub fn new() -> Self {
        Self::default()
    }

    /// A reload failed: the set before it stays active.
    pub fn failed(&self, at: Timestamp, diagnostics: Vec<Diagnostic>) {
        self.0
            .store(Some(std::sync::Arc::new(FailedReload { at, diagnostics })));
    }

    /// A reload succeeded.
    pub fn solved(&self) {
        self.0.store(None);
    }

    /// The failed reload, if the last one failed.
    pub fn load(&self) -> Option<std::sync::Arc<FailedReload>> {
        self.0.load_full()
    }
}
