//! Opens the database itself, for commands that work on it where no server does.

use std::sync::Arc;

use cuebook_core::Clock;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_store::{Actor, Store, StoreError, StoreSettings};

use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::exit::Failure;
use crate::serve::{database_url, secret_key};

/// Opens the database for `operation`, which the audit log names. `instead` says what to do where a server has it.
pub(crate) async fn open(
    config: &Config,
    operation: &str,
    instead: &'static str,
) -> Result<Store, Failure> {
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance = Arc::new(SystemChance::default());
    let settings = StoreSettings {
        database_url: database_url(config, &folder).reveal().to_owned(),
        secret_key: secret_key(config, &folder, &*chance).map_err(Failure::unreachable)?,
        clock,
        chance,
    };
    let store = Store::open(settings).await.map_err(|error| match error {
        StoreError::InUse(_) => Failure::unreachable(anyhow::Error::new(error).context(instead)),
        other => Failure::unreachable(other),
    })?;
    Ok(store.acting(&Arc::new(Actor::local(operation))))
}
