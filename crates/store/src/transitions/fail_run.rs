//! Ends a run that failed, or that cannot go on until an operator decides: `running` → `failed` or `blocked`.
//!
//! What its segment wanted to send is not sent; steps and logs are kept, so that an operator sees how far it came. The run
//! leaves its lane, and what it has open in the ledger is settled. If the process dies before the commit, the segment is run again and fails again.

use cuebook_core::run::RunState;
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::ending::{self, Ending, RunChange};
use super::open_calls::settle_open_calls;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFailure {
    /// [`RunState::Failed`] or [`RunState::Blocked`]; any other state is taken as failed.
    pub state: RunState,
    /// A stable word, such as `script_error`.
    pub code: String,
    /// A sentence.
    pub reason: String,
}

/// A request to fail.
pub(crate) struct FailRun {
    checkpoint: Checkpoint,
    failure: RunFailure,
}

impl Store {
    /// Ends a run that failed.
    pub async fn fail_run(
        &self,
        checkpoint: Checkpoint,
        failure: RunFailure,
    ) -> Result<(), StoreError> {
        let request = FailRun {
            checkpoint,
            failure,
        };
        self.inner.writer.submit(request).await
    }
}

impl Transition for FailRun {
    type Output = ();
    const ORDER: Order = Order::End;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let endings: Vec<Ending<'_>> = batch
            .iter()
            .map(|request| Ending {
                checkpoint: &request.checkpoint,
                segment: None,
                forget: &[],
                change: RunChange {
                    state: match request.failure.state {
                        RunState::Blocked => RunState::Blocked,
                        _ => RunState::Failed,
                    },
                    code: Some(&request.failure.code),
                    reason: Some(&request.failure.reason),
                    wake_at: None,
                },
            })
            .collect();
        let results = ending::apply(tx, &endings).await?;
        let failed: Vec<Uuid> = batch
            .iter()
            .zip(&results)
            .filter(|(_, result)| result.is_ok())
            .map(|(request, _)| request.checkpoint.run.0)
            .collect();
        settle_open_calls(tx, &failed).await?;
        Ok(results)
    }
}
