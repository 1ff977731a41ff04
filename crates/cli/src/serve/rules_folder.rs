//! The rules' folder and the set that runs: a valid folder becomes the active set, an invalid one leaves the set before
//! it running and says so in the log, in the metrics and in the API.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cuebook_core::Clock;
use cuebook_rules::{ActiveRules, Checked, Diagnostic, Engine, ReadError, RuleFiles, RuleSet};
use cuebook_server::RuleProblems;
use cuebook_store::{Store, StoreError, StoredRuleSet};

use super::reload_metrics::ReloadMetrics;

/// The code of a diagnostic about the folder itself.
const NO_FOLDER: &str = "E0001";

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
    /// What the folder held when it was read last: the same again is no news.
    pub(super) seen: Arc<Mutex<Option<Content>>>,
}

/// What the folder held, or why it could not be read.
pub(super) type Content = Result<RuleFiles, String>;

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

    /// Loads the folder again if it has changed.
    pub(super) async fn reload(&self) {
        match self.load().await {
            Ok(None) => {}
            Ok(Some(set)) => {
                tracing::info!(rules = set.rules.len(), hash = %set.hash, "the changed rules run");
                self.tell(None);
            }
            Err(problem) => {
                for diagnostic in self.diagnostics(&problem) {
                    tracing::error!("{diagnostic}");
                }
                self.tell(Some(&problem));
            }
        }
    }

    /// Reads the folder; if it holds something else than before, checks, stores and activates that.
    async fn load(&self) -> Result<Option<Arc<RuleSet>>, Unusable> {
        let dir = self.dir.clone();
        let read = blocking(move || RuleFiles::read(&dir)).await?;
        if !self.is_news(&read) {
            return Ok(None);
        }
        let files = read?;
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
        if let Err(error) = self.store.save_rule_set(stored_form(&set)).await {
            // What was not stored does not run, and has to be tried again.
            *self.seen() = None;
            return Err(error.into());
        }
        self.active.swap(set);
        Ok(Some(self.active.load()))
    }

    fn is_news(&self, read: &Result<RuleFiles, ReadError>) -> bool {
        let content = match read {
            Ok(files) => Ok(files.clone()),
            Err(error) => Err(chain(error)),
        };
        let mut seen = self.seen();
        let is_news = seen.as_ref() != Some(&content);
        *seen = Some(content);
        is_news
    }

    fn seen(&self) -> MutexGuard<'_, Option<Content>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_stored(&self, stored: StoredRuleSet) {
        match self.engine.check_apart(&RuleFiles(stored.files)) {
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
        let rules = self.active.load().rules.len();
        tracing::error!(rules, "{problem}: the set before goes on running");
        let found = self.diagnostics(problem);
        self.problems.failed(self.clock.now(), found);
    }

    /// A problem as the checker would say it.
    fn diagnostics(&self, problem: &Unusable) -> Vec<Diagnostic> {
        match problem {
            Unusable::Invalid(diagnostics, _) => diagnostics.clone(),
            other => {
                let dir = self.dir.display().to_string();
                vec![Diagnostic::error(&dir, NO_FOLDER, chain(other))]
            }
        }
    }
}

/// Does what takes the disk or the processor away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(std::io::Error::other)
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
