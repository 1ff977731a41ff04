//! Starting the loops and stopping them in good order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use cuebook_rules::ScriptPool;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::parts::WorkerParts;
use crate::pauses::Pauses;
use crate::programs::Programs;
use crate::{outbox, runs, timers};

/// What all loops share.
pub(crate) struct Shared {
    pub(crate) parts: WorkerParts,
    pub(crate) pool: ScriptPool,
    /// One permit for each thread of the pool.
    pub(crate) threads: Arc<Semaphore>,
    pub(crate) programs: Programs,
    pub(crate) pauses: Pauses,
    pub(crate) tracker: TaskTracker,
    /// Nothing new is to be taken.
    pub(crate) stopping: CancellationToken,
    /// What is still in hand is to be let go.
    pub(crate) abandon: CancellationToken,
}

/// The loops at work.
pub struct Worker {
    shared: Arc<Shared>,
}

impl Worker {
    /// Starts the loops. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When a thread for scripts cannot be started.
    pub fn start(parts: WorkerParts) -> io::Result<Self> {
        let threads = parts.script_threads.max(1);
        let shared = Arc::new(Shared {
            pool: ScriptPool::new(parts.engine.clone(), threads)?,
            threads: Arc::new(Semaphore::new(threads)),
            programs: Programs::default(),
            pauses: Pauses::new(parts.clock.clone()),
            tracker: TaskTracker::new(),
            stopping: CancellationToken::new(),
            abandon: CancellationToken::new(),
            parts,
        });
        let tracker = &shared.tracker;
        tracker.spawn(runs::work(shared.clone()));
        tracker.spawn(outbox::work(shared.clone()));
        tracker.spawn(timers::work(shared.clone()));
        Ok(Self { shared })
    }

    /// Takes nothing new, lets what is in hand finish for `grace`, then gives back what is left, so that it is ready
    /// again at once.
    pub async fn stop(self, grace: Duration) {
        let Shared {
            parts,
            tracker,
            stopping,
            abandon,
            ..
        } = &*self.shared;
        stopping.cancel();
        tracker.close();
        if tokio::time::timeout(grace, tracker.wait()).await.is_err() {
            abandon.cancel();
            tracker.wait().await;
        }
        if let Err(error) = parts.store.release_claims().await {
            tracing::warn!(%error, "what was in hand could not be given back; it is taken over at the next start");
        }
    }

    /// Lets everything go at once and gives nothing back, as the end of the process would.
    pub async fn abandon(self) {
        self.shared.stopping.cancel();
        self.shared.abandon.cancel();
        self.shared.tracker.close();
        self.shared.tracker.wait().await;
    }
}
