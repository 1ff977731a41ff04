//! The rules' folder and the set that runs: a valid folder becomes the active set, an invalid one leaves the set before
//! it running and says so in the log, in the metrics and in the API.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_rules::{ActiveRules, Checked, Diagnostic, Engine, ReadError, RuleFiles, RuleSet};
use cuebook_server::RuleProblems;
use cuebook_store::{Store, StoreError, StoredRuleSet};

use crate::engine;

use super::reload_metrics::ReloadMetrics;

/// The folder, and all that its content concerns.
#[derive(Clone)]
pub(super) struct RulesFolder {
    /// Where it is.
    pub(super) dir: PathBuf,
    /// Checks it.
    pub(super) engine: Engine,
    /// Keeps the last valid set.
    pub(super) store: Store,
    /// What runs.
    pub(super) active: Arc<ActiveRules>,
    /// What is wrong, for the API.
    pub(super) problems: Arc<RuleProblems>,
    /// What is wrong, in numbers.
    pub(super) metrics: ReloadMetrics,
    /// Tells when it went wrong.
    pub(super) clock: Arc<dyn Clock>,
}

/// Why the folder's content does not run.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    /// It cannot be read.
    #[error("the rules' folder cannot be read")]
    Unreadable(#[from] ReadError),
    /// It has errors.
    #[error("the rules have errors")]
    Invalid(Vec<Diagnostic>, RuleFiles),
    /// The set cannot be stored.
    #[error("the rules cannot be stored")]
    NotStored(#[from] StoreError),
    /// The checker could not run.
    #[error("the checker could not run")]
    NotChecked(#[from] std::io::Error),
}

impl RulesFolder {
    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.dir
    }

    /// Loads the folder at the start; if it cannot be used, the last valid set of the database runs. Gives back what
    /// is wrong with the folder.
    pub(super) async fn begin(&self) -> Result<Option<Unusable>, StoreError> {
        let stored = self.store.active_rule_set().await?;
        if stored.is_none() {
            // A first start: an empty folder to put rules into. Later a missing folder is a mistake, not a wish.
            let _ = std::fs::create_dir_all(&self.dir);
        }
        let problem = self.load().await.err();
        if problem.is_some()
            && let Some(stored) = stored
        {
            self.run_stored(stored);
        }
        self.tell(problem.as_ref());
        Ok(problem)
    }

    /// Loads the folder again after a change.
    pub(super) async fn reload(&self) {
        let before = self.active.load().hash.clone();
        match self.load().await {
            Ok(set) if set.hash == before && self.problems.load().is_none() => {}
            Ok(set) => {
                tracing::info!(rules = set.rules.len(), hash = %set.hash, "the changed rules run");
                self.tell(None);
            }
            Err(problem) => self.tell(Some(&problem)),
        }
    }

    /// Reads, checks, stores and activates the folder's content.
    async fn load(&self) -> Result<Arc<RuleSet>, Unusable> {
        let (files, checked) = self.read_and_check().await?;
        let Some(set) = checked.set else {
            return Err(Unusable::Invalid(checked.diagnostics, files));
        };
        for warning in &checked.diagnostics {
            tracing::warn!("{warning}");
        }
        self.store.save_rule_set(stored_form(&set)).await?;
        self.active.swap(set);
        Ok(self.active.load())
    }

    async fn read_and_check(&self) -> Result<(RuleFiles, Checked), Unusable> {
        let (dir, engine) = (self.dir.clone(), self.engine.clone());
        tokio::task::spawn_blocking(move || {
            let files = RuleFiles::read(&dir)?;
            let checked = engine::check(&engine, &files)?;
            Ok((files, checked))
        })
        .await
        .map_err(|error| Unusable::NotChecked(std::io::Error::other(error)))?
    }

    fn run_stored(&self, stored: StoredRuleSet) {
        match engine::check(&self.engine, &RuleFiles(stored.files)) {
            Ok(Checked { set: Some(set), .. }) => {
                tracing::warn!(
                    rules = set.rules.len(),
                    "the last valid rules of the database run"
                );
                self.active.swap(set);
            }
            Ok(Checked { diagnostics, .. }) => {
                for diagnostic in diagnostics {
                    tracing::error!("stored rules: {diagnostic}");
                }
                tracing::error!("this version cannot use the stored rules either: no rule runs");
            }
            Err(error) => {
                tracing::error!(%error, "the stored rules cannot be checked: no rule runs");
            }
        }
    }

    /// Says how it stands, wherever somebody may look.
    fn tell(&self, problem: Option<&Unusable>) {
        self.metrics.loaded(problem.is_none());
        let Some(problem) = problem else {
            self.problems.solved();
            return;
        };
        let diagnostics = match problem {
            Unusable::Invalid(diagnostics, _) => diagnostics.clone(),
            other => vec![Diagnostic::error(
                &self.dir.display().to_string(),
                "E0001",
                chain(other),
            )],
        };
        for diagnostic in diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
        {
            tracing::error!("{diagnostic}");
        }
        let rules = self.active.load().rules.len();
        tracing::error!(
            rules,
            "the rules' folder cannot be used: the set before it goes on running"
        );
        self.problems.failed(self.clock.now(), diagnostics);
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn stored_form(set: &RuleSet) -> StoredRuleSet {
    StoredRuleSet {
        hash: set.hash.clone(),
        files: set.files.0.clone(),
        rules: set
            .rules
            .values()
            .map(|rule| (rule.name.clone(), rule.version.clone(), rule.paths.clone()))
            .collect(),
    }
}
