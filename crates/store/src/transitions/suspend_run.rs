//! Ends a segment at a long wait: `running` → `waiting`, with the sends and emitted events of the segment.
//!
//! The run leaves its lane while it waits. If the process dies before the commit, the segment is run again from its
//! journal and nothing of it was sent; if after, the run sleeps as a row until `wake_runs` finds it due.

use cuebook_core::Timestamp;
use cuebook_core::journal::StepPath;
use cuebook_core::run::RunState;

use super::checkpoint::Checkpoint;
use super::ending::{self, Ending, RunChange};
use super::segment::Segment;
use super::steps::not_before;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How long a run waits, and what for.
#[derive(Debug, Clone)]
pub struct WaitUntil {
    /// When it is due.
    pub wake_at: Timestamp,
    /// `sleep` or `retry`.
    pub code: &'static str,
    /// What it waits for, in a sentence.
    pub reason: String,
    /// Recorded steps that are to be asked again: `retry_in` cuts the journal here.
    pub forget: Vec<StepPath>,
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
        ending::apply(tx, &endings).await
    }
}
