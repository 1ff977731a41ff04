//! The rules' folder: a valid one becomes the set in force, an invalid one leaves the set before it running and says so.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cuebook_core::rule_set::StoredRuleSet;
use cuebook_rules::{ReadError, RuleFiles, RuleSet};
use cuebook_store::StoreError;

use super::in_force::{InForce, blocking};
use super::unusable::{Unusable, chain};

/// The folder, and the set in force that comes of it.
#[derive(Clone)]
pub(in crate::serve) struct Folder {
    dir: PathBuf,
    rules: InForce,
    /// What the folder held when it was read last: the same again is no news.
    seen: Arc<Mutex<Option<Content>>>,
}

/// What the folder held, or why it could not be read.
type Content = Result<RuleFiles, String>;

impl Folder {
    /// The folder at `dir`, not read yet.
    pub(super) fn new(dir: PathBuf, rules: InForce) -> Self {
        Self {
            dir,
            rules,
            seen: Arc::default(),
        }
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.dir
    }

    /// Loads the folder at the start; if it cannot be used, the last valid set of the database runs. Gives back what
    /// is wrong with the folder.
    pub(super) async fn begin(&self) -> Result<Option<Unusable>, StoreError> {
        let stored = self.rules.store.active_rule_set().await?;
        if stored.is_none() {
            // A first start: an empty folder to put rules into. Later a missing folder is a mistake, not a wish.
            let _ = std::fs::create_dir_all(&self.dir);
        }
        let problem = self.load().await.err();
        if problem.is_some()
            && let Some(stored) = stored
        {
            self.fall_back(stored).await;
        }
        self.rules.tell(problem.as_ref(), &self.place());
        Ok(problem)
    }

    /// Loads the folder again if it has changed.
    pub(super) async fn reload(&self) {
        match self.load().await {
            Ok(None) => {}
            Ok(Some(set)) => {
                tracing::info!(rules = set.rules.len(), hash = %set.hash, "the changed rules run");
                self.rules.tell(None, &self.place());
            }
            Err(problem) => {
                for diagnostic in problem.diagnostics(&self.place()) {
                    tracing::error!("{diagnostic}");
                }
                self.rules.tell(Some(&problem), &self.place());
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
        let set = self.rules.check(read?).await?;
        if let Err(error) = self.rules.store.save_rule_set(set.stored()).await {
            // What was not stored does not run, and has to be tried again.
            *self.seen() = None;
            return Err(error.into());
        }
        self.rules.active.swap(set);
        Ok(Some(self.rules.active.load()))
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

    async fn fall_back(&self, stored: StoredRuleSet) {
        match self.rules.run_stored(stored).await {
            Ok(()) => {
                let rules = self.rules.active.load().rules.len();
                tracing::warn!(rules, "the last valid rules of the database run");
            }
            Err(problem) => {
                for diagnostic in problem.diagnostics("the database") {
                    tracing::error!("stored rules: {diagnostic}");
                }
                tracing::error!("this version cannot use the stored rules either: no rule runs");
            }
        }
    }

    fn place(&self) -> String {
        self.dir.display().to_string()
    }
}
