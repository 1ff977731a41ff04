//! The writer's loop.

use std::sync::Arc;
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

use super::batch::AnyBatch;
use super::connection::WriterConnection;
use super::group::Group;
use super::tx::Ready;
use crate::announce::{News, Outgoing};
use crate::error::StoreError;
use crate::wakes::Wakes;

/// The most requests in one transaction.
const GROUP: usize = 512;
/// So often in a row other processes may get in the way of a transaction.
const CONFLICTS: u32 = 5;

/// The task that writes.
pub(crate) struct WriterTask {
    pub(crate) connection: WriterConnection,
    pub(crate) wakes: Arc<Wakes>,
    /// What the other processes are to be told, where there may be some.
    pub(crate) outgoing: Option<Arc<Outgoing>>,
}

impl WriterTask {
    /// Commits what comes until all who may ask have gone: on SQLite on a thread of its own, as part of `tasks` in any case.
    pub(crate) fn start(
        self,
        requests: mpsc::Receiver<Box<dyn AnyBatch>>,
        tasks: &TaskTracker,
    ) -> Result<(), StoreError> {
        if self.connection.is_shared() {
            tasks.spawn(self.run(requests));
            return Ok(());
        }
        let failed = |error| StoreError::Invalid(format!("the writer cannot be started: {error}"));
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let work = tasks.track_future(self.run(requests));
        let thread = thread::Builder::new().name("cuebook-writer".to_owned());
        thread
            .spawn(move || runtime.block_on(work))
            .map_err(failed)?;
        Ok(())
    }

    /// Commits what comes until all who may ask have gone.
    async fn run(self, mut requests: mpsc::Receiver<Box<dyn AnyBatch>>) {
        let mut gathered = Vec::with_capacity(GROUP);
        let mut upkeep = self.connection.upkeep().await;
        loop {
            let received = tokio::select! {
                biased;
                received = requests.recv_many(&mut gathered, GROUP) => received,
                () = upkeep.idle() => {
                    upkeep.tidy().await;
                    continue;
                }
            };
            if received == 0 {
                break;
            }
            if let Err(error) = self.commit(Group::of(gathered.drain(..))).await {
                // Whoever came while the database kept us waiting has waited long enough.
                while let Ok(waiting) = requests.try_recv() {
                    waiting.refuse(&error);
                }
            }
            upkeep.after_commit().await;
        }
        self.connection.close().await;
    }

    /// Commits a group and answers its callers; an error means that the database is not available.
    async fn commit(&self, mut group: Group) -> Result<(), StoreError> {
        match self.apply(&mut group).await {
            Ok(ready) => {
                ready.give(self.connection.hands());
                group.answer();
                self.tell(ready.news());
                Ok(())
            }
            Err(error) if error.is_unavailable() => {
                tracing::warn!(requests = group.len(), error = %cause(&error), "cannot commit");
                group.refuse(&error);
                Err(error)
            }
            Err(error) if group.len() == 1 => {
                group.refuse(&error);
                Ok(())
            }
            Err(_) => self.one_by_one(group).await,
        }
    }

    /// Commits a group. What another process's transaction got in the way of is applied anew.
    async fn apply(&self, group: &mut Group) -> Result<Ready, StoreError> {
        for _ in 0..CONFLICTS {
            match self.connection.commit(group).await {
                Err(error) if error.is_conflict() => {
                    tracing::debug!(error = %cause(&error), "applied anew");
                }
                other => return other,
            }
        }
        self.connection.commit(group).await
    }

    fn tell(&self, news: News) {
        news.wake(&self.wakes);
        if let Some(outgoing) = &self.outgoing {
            outgoing.add(news);
        }
    }

    async fn one_by_one(&self, group: Group) -> Result<(), StoreError> {
        let mut rest = group.split().into_iter();
        for mut one in rest.by_ref() {
            match self.apply(&mut one).await {
                Ok(ready) => {
                    ready.give(self.connection.hands());
                    one.answer();
                    self.tell(ready.news());
                }
                Err(error) => {
                    one.refuse(&error);
                    if error.is_unavailable() {
                        rest.for_each(|other| other.refuse(&error));
                        return Err(error);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The innermost reason, for the log.
fn cause(error: &StoreError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
