//! Ends a run whose script came to its end: `running` → `completed` or `skipped`, with the sends and emitted events of
//! its last segment.
//!
//! If the process dies before the commit, the segment is run again from its journal and nothing of it was sent; if
//! after, the sends stand in the outbox and go out from the next process.

use std::sync::Arc;

use cuebook_core::run::RunState;

use super::checkpoint::Checkpoint;
use super::ending::{self, Ending, RunChange};
use super::segment::Segment;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// How a run came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompletedAs {
    /// Its script ran to the end.
    Completed,
    /// Its script said `skip`. What the segment wanted to send is not sent.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// A request to complete.
pub(crate) struct CompleteRun {
    checkpoint: Arc<Checkpoint>,
    segment: Arc<Segment>,
    end: CompletedAs,
}

impl Store {
    /// Ends a run that came to its end.
    pub async fn complete_run(
        &self,
        checkpoint: impl Into<Arc<Checkpoint>>,
        segment: impl Into<Arc<Segment>>,
        end: CompletedAs,
    ) -> Result<(), StoreError> {
        let request = CompleteRun {
            checkpoint: checkpoint.into(),
            segment: segment.into(),
            end,
        };
        self.inner.writer.submit(request).await
    }
}

impl Transition for CompleteRun {
    type Output = ();
    const ORDER: Order = Order::End;

    fn lock(&self, locks: &mut SubjectLocks) {
        self.segment.lock(locks);
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let endings: Vec<Ending<'_>> = batch
            .iter()
            .map(|request| {
                let (state, segment, reason) = match &request.end {
                    CompletedAs::Completed => (RunState::Completed, Some(&*request.segment), None),
                    CompletedAs::Skipped { reason } => {
                        (RunState::Skipped, None, Some(reason.as_str()))
                    }
                };
                Ending {
                    checkpoint: &request.checkpoint,
                    segment,
                    forget: &[],
                    change: RunChange {
                        state,
                        code: None,
                        reason,
                        wake_at: None,
                    },
                }
            })
            .collect();
        ending::apply(tx, &endings).await
    }
}
