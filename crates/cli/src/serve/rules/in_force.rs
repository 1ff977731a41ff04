//! The set that runs, and what there is to say about it in the log, in the metrics and in the API.

use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_rules::{ActiveRules, Engine, RuleFiles, RuleSet};
use cuebook_server::RuleProblems;
use cuebook_store::Store;

use super::reload_metrics::ReloadMetrics;
use super::unusable::Unusable;

/// The set that runs, and all that it concerns.
#[derive(Clone)]
pub(in crate::serve) struct InForce {
    /// Checks rules.
    pub(in crate::serve) engine: Engine,
    /// Keeps sets and versions.
    pub(in crate::serve) store: Store,
    /// What runs.
    pub(in crate::serve) active: Arc<ActiveRules>,
    /// What is wrong, for the API.
    pub(in crate::serve) problems: Arc<RuleProblems>,
    /// What is wrong, in numbers.
    pub(in crate::serve) metrics: ReloadMetrics,
    /// Tells when it went wrong.
    pub(in crate::serve) clock: Arc<dyn Clock>,
}

impl InForce {
    /// Checks files, away from the async threads.
    pub(super) async fn check(&self, files: RuleFiles) -> Result<RuleSet, Unusable> {
        let engine = self.engine.clone();
        let (files, checked) = blocking(move || {
            let checked = engine.check_apart(&files);
            (files, checked)
        })
        .await?;
        let checked = checked?;
        let Some(set) = checked.set else {
            return Err(Unusable::Invalid(checked.diagnostics, files));
        };
        for warning in &checked.diagnostics {
            tracing::warn!("{warning}");
        }
        Ok(set)
    }

    /// Puts a stored set in force.
    pub(super) async fn run_stored(&self, stored: StoredRuleSet) -> Result<(), Unusable> {
        let set = self.check(RuleFiles(stored.files)).await?;
        self.active.swap(set);
        Ok(())
    }

    /// Says how it stands, wherever somebody may look; `place` is where the rules come from.
    pub(super) fn tell(&self, problem: Option<&Unusable>, place: &str) {
        self.metrics.loaded(problem.is_none());
        let Some(problem) = problem else {
            self.problems.solved();
            return;
        };
        let rules = self.active.load().rules.len();
        tracing::error!(rules, "{problem}: the set before goes on running");
        let found = problem.diagnostics(place);
        self.problems.failed(self.clock.now(), found);
    }
}

/// Does what takes the disk or the processor away from the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(std::io::Error::other)
}
