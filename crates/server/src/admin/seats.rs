//! Work that takes a processor or one of the database's few connections for long: so many pieces at the same time, and each
//! to its end, also when the client that asked for it has gone.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

/// The seats for one kind of work.
#[derive(Clone)]
pub(crate) struct Seats {
    /// Where the work is waited for when the server stops.
    tasks: TaskTracker,
    free: Arc<Semaphore>,
}

impl Seats {
    /// So many seats.
    pub(crate) fn new(tasks: &TaskTracker, seats: usize) -> Self {
        Self {
            tasks: tasks.clone(),
            free: Arc::new(Semaphore::new(seats)),
        }
    }

    /// Does `work` on a thread that answers no requests, once there is a seat. `None` if it failed.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let seat = self.seat().await?;
        let working = self.tasks.spawn_blocking(move || {
            let _seat = seat;
            work()
        });
        working.await.ok()
    }

    /// Waits for `asked`, once there is a seat. `None` if it failed.
    pub(crate) async fn wait_for<T: Send + 'static>(
        &self,
        asked: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let seat = self.seat().await?;
        let waiting = self.tasks.spawn(async move {
            let _seat = seat;
            asked.await
        });
        waiting.await.ok()
    }

    async fn seat(&self) -> Option<OwnedSemaphorePermit> {
        self.free.clone().acquire_owned().await.ok()
    }
}
