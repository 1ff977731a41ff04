//! An operator has a run begin anew: any that has ended → `ready`, with the next generation, an empty journal and no
//! version, so that the newest one runs.
//!
//! What it did outside stays done, and is done again under other keys: whoever restarts has seen the list (see
//! [`Store::effects_done`]). Former journals and logs stay under their generation. If the process dies before the
//! commit, the run is as it was.

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use serde_json::Value as Json;

use super::open_calls::settle_open_calls;
use super::operated::{Operated, run_and_state};
use super::retry_run::make_ready;
use crate::audit::{Change, Target, pictures};
use crate::error::StoreError;
use crate::privacy::is_erased_run;
use crate::retention::is_expired_run;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to begin a run anew.
pub(crate) struct RestartRun(RunId);

impl Store {
    /// Has a run that has ended begin anew.
    pub async fn restart_run(&self, run: RunId) -> Result<Operated<RunState>, StoreError> {
        self.change(RestartRun(run)).await
    }
}

impl Transition for RestartRun {
    type Output = Operated<RunState>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<RunState>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(restart(tx, request.0).await?));
        }
        Ok(results)
    }
}

impl Change for RestartRun {
    fn target(&self) -> Target {
        Target::new("run", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_run(tx, self.0).await
    }
}

async fn restart(tx: &Tx<'_>, run: RunId) -> Result<Operated<RunState>, StoreError> {
    let Some((row, state)) = run_and_state(tx, run).await? else {
        return Ok(Operated::NoSuch);
    };
    // Of an erased run nothing is left to begin with, nor of one that is no longer kept.
    if !state.has_ended() || is_erased_run(&row) || is_expired_run(tx, &row).await? {
        return Ok(Operated::NotIn(state));
    }
    settle_open_calls(tx, &[row.id]).await?;
    make_ready(tx, row.id, row.generation.saturating_add(1), None).await?;
    Ok(Operated::Done)
}
