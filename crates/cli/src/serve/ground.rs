//! What everything else stands on: the data folder with its keys, the open database, time and chance, and in a demo the
//! pretend Ticketpark.

use std::sync::Arc;

use anyhow::Context;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::{Chance, Clock};
use cuebook_store::{Actor, Store, StoreSettings};
use cuebook_ticketpark::Client;

use crate::config::Config;
use crate::data_folder::{DEMO_ERASURES, DataFolder, ERASURES};

use super::access::{Access, secret_key};
use super::demo::Demo;
use super::url::database_url;

/// What everything else stands on.
pub(super) struct Ground {
    /// The data folder.
    pub(super) folder: DataFolder,
    /// Its keys.
    pub(super) access: Access,
    /// The database.
    pub(super) store: Store,
    /// Tells the time.
    pub(super) clock: Arc<dyn Clock>,
    /// Makes ids and keys.
    pub(super) chance: Arc<dyn Chance>,
    demo: Option<Demo>,
}

impl Ground {
    /// Opens it; for a demo, `config` becomes the demo's.
    pub(super) async fn open(config: &mut Config, demo: bool) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let chance: Arc<dyn Chance> = Arc::new(SystemChance::default());
        let folder = DataFolder::open(&config.data_dir)?;
        let access = Access::prepare(config, &folder, &*chance)?;
        let demo = if demo {
            Some(Demo::start(config, &folder, &*chance, &clock).await?)
        } else {
            None
        };
        let store = Store::open(store_settings(config, &folder, &clock, &chance)?)
            .await
            .context("cannot open the database")?;
        // A demo has a database of its own, and what is erased there is of no concern to the real one.
        let erasures = if demo.is_some() {
            DEMO_ERASURES
        } else {
            ERASURES
        };
        store.keep_erasures_at(folder.path(erasures));
        store
            .erase_again()
            .await
            .context("cannot erase again what a restored database has brought back")?;
        let by_start = Arc::new(Actor::local("serve"));
        access.grant(&store.acting(&by_start)).await?;
        Ok(Self {
            folder,
            access,
            store,
            clock,
            chance,
            demo,
        })
    }

    /// In a demo, logs in at the pretend Ticketpark.
    pub(super) async fn log_in(&self, client: Option<&Client>) -> anyhow::Result<()> {
        if let (Some(demo), Some(client)) = (&self.demo, client) {
            client
                .login(demo.password.reveal())
                .await
                .context("the pretend Ticketpark refused the login")?;
        }
        Ok(())
    }

    /// Closes it.
    pub(super) async fn close(self) {
        self.store.close().await;
        if let Some(demo) = self.demo {
            demo.stop().await;
        }
        self.folder.clear_server_url();
    }
}

/// What the store of this configuration is opened with.
pub(crate) fn store_settings(
    config: &Config,
    folder: &DataFolder,
    clock: &Arc<dyn Clock>,
    chance: &Arc<dyn Chance>,
) -> anyhow::Result<StoreSettings> {
    Ok(StoreSettings {
        database_url: database_url(config, folder).reveal().to_owned(),
        secret_key: secret_key(config, folder, &**chance)?,
        lease: config.lease,
        clock: clock.clone(),
        chance: chance.clone(),
    })
}
