//! Ends a segment at a long wait: `running` → `waiting`, with the sends and emitted events of the segment.
//!
//! The run leaves its lane while it waits. If the process dies before the commit, the segment is run again from its
//! journal and nothing of it was sent; if after, the run sleeps as a row until `wake_runs` finds it due.

use cuebook_core::Timestamp;
use cuebook_core::journal::StepPath;
use cuebook_core::run::RunState;

use super::cancel_on;
use super::checkpoint::Checkpoint;
use super::ending::{self, Ending, RunChange};
use super::event_waits::{AwaitedEvent, Beginning, begin_waits};
use super::segment::Segment;
use super::steps::not_before;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// How long a run waits, and what for.
#[derive(Debug, Clone)]
pub struct WaitUntil {
    /// When it is due.
    pub wake_at: Timestamp,
    /// `sleep`, `wait_for` or `retry`.
    pub code: &'static str,
    /// What it waits for, in a sentence.
    pub reason: String,
    /// Recorded steps that are to be asked again: `retry_in` cuts the journal here.
    pub forget: Vec<StepPath>,
    /// The event that ends the wait before that; if it has come already, the run is ready again at once.
    pub event: Option<AwaitedEvent>,
}

/// A request to suspend.
pub(crate) struct SuspendRun {
    checkpoint: Checkpoint,
    segment: Segment,
    wait: WaitUntil,
}

impl Store {
    /// Ends a run's segment; the run waits.
    pub async fn suspend_run(
        &self,
        checkpoint: Checkpoint,
        segment: Segment,
        wait: WaitUntil,
    ) -> Result<(), StoreError> {
        let request = SuspendRun {
            checkpoint,
            segment,
            wait,
        };
        self.inner.writer.submit(request).await
    }
}

impl Transition for SuspendRun {
    type Output = ();
    const ORDER: Order = Order::End;

    fn lock(&self, locks: &mut SubjectLocks) {
        self.segment.lock(locks);
        if let Some(awaited) = &self.wait.event {
            locks.wait_about(&awaited.wait.subject);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let endings: Vec<Ending<'_>> = batch
            .iter()
            .map(|request| Ending {
                checkpoint: &request.checkpoint,
                segment: Some(&request.segment),
                forget: &request.wait.forget,
                change: RunChange {
                    state: RunState::Waiting,
                    code: Some(request.wait.code),
                    reason: Some(&request.wait.reason),
                    wake_at: Some(not_before(request.wait.wake_at)),
                },
            })
            .collect();
        let results = ending::apply(tx, &endings).await?;
        let suspended = batch.iter().zip(&results);
        let beginnings: Vec<Beginning<'_>> = suspended
            .filter(|(_, result)| result.is_ok())
            .filter_map(|(request, _)| {
                Some(Beginning {
                    run: request.checkpoint.run,
                    awaited: request.wait.event.as_ref()?,
                })
            })
            .collect();
        begin_waits(tx, &beginnings).await?;
        let suspended = batch.iter().zip(&results);
        let ids = suspended
            .filter(|(_, result)| result.is_ok())
            .map(|(request, _)| request.checkpoint.run.0);
        cancel_on::end_suspended(tx, ids.collect()).await?;
        Ok(results)
    }
}
