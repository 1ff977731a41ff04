//! The writer's own connection, and how a group becomes a committed transaction on it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cuebook_core::{Chance, Clock, Point, Probe, Timestamp};
use futures::FutureExt;
use sea_orm::{DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlxError};
use uuid::Uuid;

use super::group::Group;
use super::known::Known;
use super::tx::{Ready, Tx};
use super::upkeep::{Upkeep, UpkeepLimits};
use super::work::Work;
use crate::endpoints::Endpoints;
use crate::error::StoreError;
use crate::fresh_events::FreshEvents;
use crate::hands::Hands;
use crate::metrics::Metrics;

/// A group on Postgres that takes longer is given up: the network may have swallowed it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The one connection that writes.
pub(crate) struct WriterConnection {
    db: DatabaseConnection,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    node: Uuid,
    metrics: Metrics,
    probe: Probe,
    /// Whether the connection syncs each commit. A connection begins so.
    syncs: AtomicBool,
    /// Whether a transaction was begun on the connection that is not known to be over.
    astray: AtomicBool,
    known: Known,
    restored_at: Option<Timestamp>,
    fresh: Arc<FreshEvents>,
    endpoints: Arc<Endpoints>,
    hands: Arc<Hands>,
}

impl WriterConnection {
    pub(crate) fn new(
        db: DatabaseConnection,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        node: Uuid,
        metrics: Metrics,
    ) -> Self {
        let shared = db.get_database_backend() != DbBackend::Sqlite;
        Self {
            known: Known::new(shared),
            restored_at: None,
            fresh: Arc::default(),
            endpoints: Arc::default(),
            hands: Arc::default(),
            db,
            clock,
            chance,
            node,
            metrics,
            probe: Probe::default(),
            syncs: AtomicBool::new(true),
            astray: AtomicBool::new(false),
        }
    }

    /// Keeps the events that it accepts in `fresh`, too.
    pub(crate) fn with_fresh(mut self, fresh: Arc<FreshEvents>) -> Self {
        self.fresh = fresh;
        self
    }

    /// What older runs ask for is in doubt since then.
    pub(crate) fn restored(mut self, at: Option<Timestamp>) -> Self {
        self.restored_at = at;
        self
    }

    /// Forwards the events that it accepts to `endpoints`.
    pub(crate) fn with_endpoints(mut self, endpoints: Arc<Endpoints>) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Claims what it makes ready for `hands`, as far as these are open.
    pub(crate) fn with_hands(mut self, hands: Arc<Hands>) -> Self {
        self.hands = hands;
        self
    }

    /// The hands for what was committed.
    pub(super) fn hands(&self) -> &Hands {
        &self.hands
    }

    /// Whether others may write to the database, too.
    pub(crate) fn is_shared(&self) -> bool {
        self.db.get_database_backend() != DbBackend::Sqlite
    }

    /// Tells `probe` of each commit.
    pub(crate) fn probed(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    /// Applies and commits the group, or changes nothing. Gives what has become ready.
    pub(crate) async fn commit(&self, group: &mut Group) -> Result<Ready, StoreError> {
        let began = Instant::now();
        let size = group.len();
        let work = AssertUnwindSafe(self.transaction(group)).catch_unwind();
        let outcome = match self.db.get_database_backend() {
            DbBackend::Postgres => tokio::time::timeout(PATIENCE, work)
                .await
                .map_err(|_| StoreError::Unavailable(None))?,
            // SQLite's own busy timeout bounds it, and a statement there cannot be given up half-way.
            _ => work.await,
        };
        let outcome = outcome
            .unwrap_or_else(|_| Err(StoreError::Invalid("a transition panicked".to_owned())));
        if outcome.is_err() {
            // Where it cannot be done now, the next transaction tries again before anything else.
            drop(self.renew().await);
        }
        let ready = outcome.inspect_err(|_| self.known.forget())?;
        self.metrics.committed(size, began.elapsed());
        Ok(ready)
    }

    /// What looks after the file between groups.
    pub(super) async fn upkeep(&self) -> Upkeep {
        Upkeep::of(self.db.clone(), UpkeepLimits::default()).await
    }

    /// Closes the connection in good order.
    pub(crate) async fn close(self) {
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "cannot close the database");
        }
    }

    async fn transaction(&self, group: &mut Group) -> Result<Ready, StoreError> {
        self.renew().await?;
        let sync = self.sync_for(group.durable());
        // On SQLite it is begun with the first statement.
        self.astray.store(true, Ordering::Relaxed);
        let work = Work::begin(&self.db, &self.metrics, sync).await?;
        let tx = Tx {
            db: &work,
            now: self.clock.now(),
            chance: &*self.chance,
            node: self.node,
            ready: Ready::default(),
            known: &self.known,
            restored_at: self.restored_at,
            fresh: &self.fresh,
            endpoints: &self.endpoints,
            hands: &self.hands,
        };
        match group.apply(&tx).await {
            Ok(()) => {
                let ready = tx.ready;
                self.probe.reach(Point::BeforeCommit);
                if let Err((error, is_over)) = work.commit().await {
                    self.astray.store(!is_over, Ordering::Relaxed);
                    if !is_over {
                        ready.doubt(&self.hands);
                    }
                    return Err(error.into());
                }
                self.astray.store(false, Ordering::Relaxed);
                self.probe.reach(Point::AfterCommit);
                Ok(ready)
            }
            Err(error) => {
                // The first error is the one that matters; a connection that cannot be rolled back is not used again.
                let is_over = work.rollback().await.is_ok();
                self.astray.store(!is_over, Ordering::Relaxed);
                Err(error)
            }
        }
    }

    /// Replaces a connection whose last transaction is not known to be over. SQLite ends one by itself where the disk is full
    /// or fails, and then refuses to roll it back; or it keeps one open whose commit failed. The driver's count of open
    /// transactions is wrong from then on: what it calls a commit would only close a savepoint, and be lost with the process.
    async fn renew(&self) -> Result<(), StoreError> {
        if self.db.get_database_backend() != DbBackend::Sqlite
            || !self.astray.load(Ordering::Relaxed)
        {
            return Ok(());
        }
        let pool = self.db.get_sqlite_connection_pool();
        // Closing it rolls back whatever is open; the pool opens another one.
        let connection = pool.acquire().await.map_err(unavailable)?;
        connection.close().await.map_err(unavailable)?;
        self.syncs.store(true, Ordering::Relaxed);
        self.astray.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// On SQLite, what lets a group that may be lost skip the sync. A commit that syncs afterwards covers it too.
    fn sync_for(&self, durable: bool) -> Option<&'static str> {
        if self.is_shared() || self.syncs.swap(durable, Ordering::Relaxed) == durable {
            return None;
        }
        Some(if durable {
            "PRAGMA synchronous = FULL"
        } else {
            "PRAGMA synchronous = NORMAL"
        })
    }
}

fn unavailable(cause: SqlxError) -> StoreError {
    StoreError::from(DbErr::Conn(RuntimeErr::SqlxError(cause.into())))
}
