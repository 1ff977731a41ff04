//! Opens the database itself, for commands that work on it where no server does.

use std::sync::Arc;

use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::{Chance, Clock};
use cuebook_store::{Actor, Store, StoreError};

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::exit::Failure;
use crate::serve::store_settings;

/// Opens the database for `operation`, which the audit log names. `instead` says what to do where a server has it.
pub(crate) async fn open(
    config: &Config,
    operation: &str,
    instead: &'static str,
) -> Result<Store, Failure> {
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance: Arc<dyn Chance> = Arc::new(SystemChance::default());
    let settings =
        store_settings(config, &folder, &clock, &chance).map_err(Failure::unreachable)?;
    let store = Store::open(settings).await.map_err(|error| match error {
        StoreError::InUse(_) => Failure::unreachable(anyhow::Error::new(error).context(instead)),
        other => Failure::unreachable(other),
    })?;
    Ok(store.acting(&Arc::new(Actor::local(operation))))
}
