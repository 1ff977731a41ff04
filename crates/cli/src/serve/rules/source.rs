//! The one source of the rules that run.

use cuebook_store::StoreError;
use tokio_util::sync::CancellationToken;

use super::database::Database;
use super::folder::Folder;
use super::in_force::InForce;
use super::unusable::Unusable;
use super::watch_folder::watch;
use crate::config::{Config, RulesSource};

/// Where the rules come from.
pub(in crate::serve) enum Source {
    /// The folder of this machine, which is watched.
    Folder(Folder),
    /// What is deployed into the database.
    Database(Database),
}

impl Source {
    /// The source that the configuration names.
    pub(in crate::serve) fn of(config: &Config, rules: InForce) -> Self {
        match config.rules_source {
            RulesSource::Folder => Self::Folder(Folder::new(config.rules_dir.clone(), rules)),
            RulesSource::Database => Self::Database(Database::new(rules)),
        }
    }

    /// Puts rules in force at the start. Gives back what is wrong with those that should be.
    pub(in crate::serve) async fn begin(&self) -> Result<Option<Unusable>, StoreError> {
        match self {
            Self::Folder(folder) => folder.begin().await,
            Self::Database(database) => database.begin().await,
        }
    }

    /// Follows changes until `stop`.
    pub(in crate::serve) async fn watch(self, stop: CancellationToken) {
        match self {
            Self::Folder(folder) => watch(folder, stop).await,
            Self::Database(database) => database.watch(stop).await,
        }
    }
}
