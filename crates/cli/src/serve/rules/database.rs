//! Rules that are deployed into the database: all nodes run the set that is active there, and whoever deploys another
//! changes it for all of them at once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cuebook_store::StoreError;
use tokio_util::sync::CancellationToken;

use super::in_force::InForce;
use super::unusable::Unusable;

/// How long a missed word of another node can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// Where the rules come from, in messages.
const PLACE: &str = "the database";

/// The active set of the database.
pub(in crate::serve) struct Database {
    rules: InForce,
    /// The set that was read last, whether it could be used or not.
    seen: Mutex<Option<String>>,
}

impl Database {
    /// The database of `rules`, not read yet.
    pub(super) fn new(rules: InForce) -> Self {
        Self {
            rules,
            seen: Mutex::default(),
        }
    }

    /// Puts the active set in force at the start. Gives back why it cannot be used.
    pub(super) async fn begin(&self) -> Result<Option<Unusable>, StoreError> {
        match self.load().await {
            Ok(true) => {
                self.rules.tell(None, PLACE);
                Ok(None)
            }
            Ok(false) => {
                tracing::warn!(
                    "no rules are deployed yet: `cuebook rules deploy rules` does it for all nodes"
                );
                Ok(None)
            }
            Err(Unusable::Store(error)) => Err(error),
            Err(problem) => {
                self.rules.tell(Some(&problem), PLACE);
                Ok(Some(problem))
            }
        }
    }

    /// Follows what is deployed, until `stop`.
    pub(super) async fn watch(self, stop: CancellationToken) {
        let deployed = &self.rules.store.wakes().rules;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = deployed.notified() => {}
                () = tokio::time::sleep(POLL) => {}
            }
            match self.load().await {
                Ok(false) => {}
                Ok(true) => {
                    let set = self.rules.active.load();
                    tracing::info!(rules = set.rules.len(), hash = %set.hash, "the deployed rules run");
                    self.rules.tell(None, PLACE);
                }
                Err(Unusable::Store(error)) => {
                    tracing::warn!(%error, "it cannot be seen for now whether other rules were deployed");
                }
                Err(problem) => self.rules.tell(Some(&problem), PLACE),
            }
        }
    }

    /// Reads the active set, if it is another than before, and puts it in force. Says whether it did.
    async fn load(&self) -> Result<bool, Unusable> {
        let store = &self.rules.store;
        let active = store.active_rule_set_hash().await?;
        let Some(hash) = active.filter(|hash| !self.has_seen(hash)) else {
            return Ok(false);
        };
        if self.rules.active.load().hash == hash {
            // This node's own API has checked it and put it in force.
            self.saw(hash);
            return Ok(true);
        }
        let Some(stored) = store.rule_set(&hash).await? else {
            return Ok(false);
        };
        self.saw(hash);
        self.rules.run_stored(stored).await?;
        Ok(true)
    }

    fn has_seen(&self, hash: &str) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_deref() == Some(hash)
    }

    fn saw(&self, hash: String) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(hash);
    }
}
