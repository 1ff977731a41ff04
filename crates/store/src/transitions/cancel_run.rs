//! An operator ends a run: any that is not over by itself → `cancelled`.
//!
//! A running one is taken from its worker by its fence: what the worker still wants to record is refused, and a call
//! that is under way is `unknown` in the ledger. Sends of earlier segments go out all the same: to stop one, discard it.
//! If the process dies before the commit, the run is as it was.

use cuebook_core::RunId;
use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value as Json;
use uuid::Uuid;

use super::claim_key::free_keys;
use super::event_waits::forget_waits;
use super::open_calls::settle_open_calls;
use super::operated::{Operated, run_and_state};
use crate::audit::{Change, Target, pictures};
use crate::entities::runs;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// The word for why a run is cancelled.
const CODE: &str = "cancelled";

/// A request to end a run.
pub(crate) struct CancelRun {
    run: RunId,
    reason: String,
}

impl Store {
    /// Ends a run that is ready, running, waiting, failed or blocked.
    pub async fn cancel_run(
        &self,
        run: RunId,
        reason: impl Into<String>,
    ) -> Result<Operated<RunState>, StoreError> {
        let reason = reason.into();
        self.change(CancelRun { run, reason }).await
    }
}

impl Transition for CancelRun {
    type Output = Operated<RunState>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<RunState>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(cancel(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for CancelRun {
    fn target(&self) -> Target {
        Target::new("run", &self.run)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_run(tx, self.run).await
    }
}

async fn cancel(tx: &Tx<'_>, request: &CancelRun) -> Result<Operated<RunState>, StoreError> {
    let Some((row, state)) = run_and_state(tx, request.run).await? else {
        return Ok(Operated::NoSuch);
    };
    if matches!(
        state,
        RunState::Completed | RunState::Skipped | RunState::Cancelled
    ) {
        return Ok(Operated::NotIn(state));
    }
    settle_open_calls(tx, &[row.id]).await?;
    free_keys(tx, &[row.id]).await?;
    forget_waits(tx, &[row.id]).await?;
    runs::Entity::update_many()
        .col_expr(
            runs::Column::State,
            Expr::value(RunState::Cancelled.as_str()),
        )
        .col_expr(runs::Column::Code, Expr::value(CODE))
        .col_expr(runs::Column::Reason, Expr::value(request.reason.as_str()))
        .col_expr(runs::Column::EndedAt, Expr::value(tx.now_micros()))
        .col_expr(runs::Column::WakeAt, Expr::value(None::<i64>))
        .col_expr(runs::Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(
            runs::Column::Fence,
            Expr::col(runs::Column::Fence).add(1_i64),
        )
        .filter(runs::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    // The next one of its lane may go on.
    tx.ready.runs();
    Ok(Operated::Done)
}
