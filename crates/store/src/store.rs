//! The store itself: opening, closing, and what its transitions and queries have in common.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cuebook_core::secret::SecretLookup;
use cuebook_core::{Chance, Clock, Probe};
use prometheus_client::registry::Registry;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::announce::{Outgoing, hear, tell};
use crate::audit::Actor;
use crate::connect::{self, Connections, Migrated, ProcessLock};
use crate::endpoints::Endpoints;
use crate::error::StoreError;
use crate::fresh_events::FreshEvents;
use crate::hands::Hands;
use crate::hook_tokens::HookTokens;
use crate::installation::restored_at;
use crate::metrics::Metrics;
use crate::privacy::ErasureLog;
use crate::secrets::{ScriptSecrets, SecretKey};
use crate::settings::StoreSettings;
use crate::transitions::{Heartbeat, TakeOver, beat};
use crate::wakes::Wakes;
use crate::writer::{WriterConnection, WriterHandle, WriterTask};

/// Cuebook's database. A clone is the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
    /// Whoever is written down in the audit log for what is changed through this clone.
    pub(crate) actor: Option<Arc<Actor>>,
}

/// What all clones share.
pub(crate) struct Inner {
    pub(crate) writer: Arc<WriterHandle>,
    pub(crate) readers: DatabaseConnection,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) secret_key: SecretKey,
    pub(crate) script_secrets: Arc<ScriptSecrets>,
    pub(crate) hook_tokens: HookTokens,
    pub(crate) fresh: Arc<FreshEvents>,
    pub(crate) endpoints: Arc<Endpoints>,
    /// Where it is noted who was erased.
    pub(crate) erasures: Arc<ErasureLog>,
    /// Where the database is.
    pub(crate) url: String,
    hands: Arc<Hands>,
    wakes: Arc<Wakes>,
    metrics: Metrics,
    tasks: TaskTracker,
    ending: CancellationToken,
    lock: Mutex<Option<ProcessLock>>,
}

impl Drop for Inner {
    /// Whoever lets go of the store without closing it leaves no task behind.
    fn drop(&mut self) {
        self.ending.cancel();
    }
}

impl Store {
    /// Opens the database, creating the file if there is none, and takes over what a dead process held.
    pub async fn open(settings: StoreSettings) -> Result<Self, StoreError> {
        Self::open_probed(settings, Probe::default()).await
    }

    /// Opens the database like [`Store::open`], and tells `probe` of each commit.
    pub async fn open_probed(settings: StoreSettings, probe: Probe) -> Result<Self, StoreError> {
        let Connections {
            writer: connection,
            readers,
            lock,
            ..
        } = connect::open(&settings.database_url).await?;
        let restored_at = restored_at(&readers).await?;
        let metrics = Metrics::default();
        let wakes = Arc::new(Wakes::default());
        let node = settings.chance.uuid(settings.clock.now());
        let (writer, requests) = WriterHandle::new();
        let fresh = Arc::<FreshEvents>::default();
        let endpoints = Arc::<Endpoints>::default();
        let hands = Arc::<Hands>::default();
        let tasks = TaskTracker::new();
        let is_shared = connection.get_database_backend() == DbBackend::Postgres;
        let outgoing = is_shared.then(|| Arc::new(Outgoing::default()));
        let task = WriterTask {
            connection: WriterConnection::new(
                connection,
                Arc::clone(&settings.clock),
                Arc::clone(&settings.chance),
                node,
                metrics.clone(),
            )
            .with_fresh(Arc::clone(&fresh))
            .with_endpoints(Arc::clone(&endpoints))
            .restored(restored_at)
            .with_hands(Arc::clone(&hands))
            .probed(probe),
            wakes: Arc::clone(&wakes),
            outgoing: outgoing.clone(),
        };
        task.start(requests, &tasks)?;
        let store = Self {
            inner: Arc::new(Inner {
                writer: Arc::new(writer),
                readers,
                clock: settings.clock,
                chance: settings.chance,
                secret_key: settings.secret_key,
                script_secrets: Arc::default(),
                hook_tokens: HookTokens::default(),
                fresh,
                endpoints,
                erasures: Arc::default(),
                url: settings.database_url.clone(),
                hands,
                wakes,
                metrics,
                tasks,
                ending: CancellationToken::new(),
                lock: Mutex::new(lock),
            }),
            actor: None,
        };
        match store.begin(node, settings.lease).await {
            Ok(()) => {
                if let Some(outgoing) = outgoing {
                    store.join_others(outgoing, settings.database_url, node);
                }
                Ok(store)
            }
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    /// What has to be in order before anybody may use the store.
    async fn begin(&self, node: Uuid, lease: Duration) -> Result<(), StoreError> {
        self.check_moved().await?;
        self.check_secret_key().await?;
        self.check_fingerprint().await?;
        self.refresh_script_secrets().await?;
        self.refresh_hook_tokens().await?;
        self.refresh_endpoints().await?;
        if self.is_shared() {
            self.inner.writer.submit(Heartbeat { lease }).await?;
            let handle = Arc::downgrade(&self.inner.writer);
            self.inner
                .tasks
                .spawn(beat(handle, lease, self.inner.ending.clone()));
        } else {
            self.inner.writer.submit(TakeOver).await?;
        }
        tracing::debug!(%node, "database opened");
        Ok(())
    }

    /// Begins to tell the other processes what is committed here, and to hear what they tell.
    fn join_others(&self, outgoing: Arc<Outgoing>, url: String, node: Uuid) {
        let Inner { tasks, ending, .. } = &*self.inner;
        let db = self.readers().clone();
        tasks.spawn(tell(outgoing, db, node, ending.clone()));
        let store = Arc::downgrade(&self.inner);
        tasks.spawn(hear(url, store, node, ending.clone()));
    }

    /// Brings the schema of the database up to date, and says what was done.
    pub async fn migrate(database_url: &str) -> Result<Migrated, StoreError> {
        connect::migrate(database_url).await
    }

    /// Takes no more requests, lets the writer finish what it has, and closes the database.
    pub async fn close(&self) {
        self.inner.ending.cancel();
        self.inner.writer.close();
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
        if let Err(error) = self.inner.readers.clone().close().await {
            tracing::warn!(%error, "cannot close the database");
        }
        self.inner
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Reads something and looks whether the writer is alive.
    pub async fn ping(&self) -> Result<(), StoreError> {
        if !self.inner.writer.is_alive() {
            return Err(StoreError::Closed);
        }
        let readers = &self.inner.readers;
        let statement = Statement::from_string(readers.get_database_backend(), "SELECT 1");
        readers.query_one_raw(statement).await?;
        Ok(())
    }

    /// The same store, acting for somebody: what is changed through it stands in the audit log.
    #[must_use]
    pub fn acting(&self, actor: &Arc<Actor>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            actor: Some(Arc::clone(actor)),
        }
    }

    /// What tells that something has become ready.
    pub fn wakes(&self) -> &Wakes {
        &self.inner.wakes
    }

    /// The short way of what becomes ready to whoever works on it in this process.
    pub fn hands(&self) -> &Hands {
        &self.inner.hands
    }

    /// The secrets that scripts name, kept fresh.
    pub fn script_secrets(&self) -> Arc<dyn SecretLookup> {
        Arc::clone(&self.inner.script_secrets) as Arc<dyn SecretLookup>
    }

    /// Puts the store's metrics into `registry`.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.inner.metrics.register(registry);
    }

    /// How many transactions this store has committed.
    pub fn commits(&self) -> u64 {
        self.inner.metrics.commits()
    }

    /// Whether other processes may use the database too.
    pub(crate) fn is_shared(&self) -> bool {
        self.readers().get_database_backend() == DbBackend::Postgres
    }

    /// The connections that only read.
    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.inner.readers
    }
}
