//! Records what a running run has asked and been answered: it stays `running`.
//!
//! The intent of a call that writes is recorded before the call is made, its answer after. If the process dies in
//! between, the next one finds an intent without an answer and knows that the call may have been made. Recording the same
//! twice changes nothing: a recorded answer is never replaced.

use cuebook_core::run::RunState;

use super::checkpoint::Checkpoint;
use super::ending::{self, Ending, RunChange};
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

impl Store {
    /// Records steps, logs and changes to the ledger of a running run.
    pub async fn record_steps(&self, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.inner.writer.submit(checkpoint).await
    }
}

impl Transition for Checkpoint {
    type Output = ();
    const ORDER: Order = Order::Record;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let endings: Vec<Ending<'_>> = batch
            .iter()
            .map(|checkpoint| Ending {
                checkpoint,
                segment: None,
                forget: &[],
                change: RunChange {
                    state: RunState::Running,
                    code: None,
                    reason: None,
                    wake_at: None,
                },
            })
            .collect();
        ending::apply(tx, &endings).await
    }
}
