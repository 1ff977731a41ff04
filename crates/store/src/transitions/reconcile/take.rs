//! Takes the reconciliation that is running and that nobody carries out, for a time: whoever records a page of it has it for
//! longer. If the process dies, another takes it once that time is over; one that has the database to itself at once.

use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::begin::running;
use crate::entities::reconciliations;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A reconciliation that this process carries out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenReconciliation {
    /// Its id.
    pub id: Uuid,
    /// What proves that this process has it.
    pub fence: i64,
    /// Changes from this instant on.
    pub since: Timestamp,
    /// Changes before this instant.
    pub until: Timestamp,
}

/// A request to carry out what is running.
pub(crate) struct TakeReconciliation {
    lease: Timestamp,
}

impl Store {
    /// Takes the reconciliation that is running, until the instant `lease`; `None` where there is none, or another process
    /// has it.
    pub async fn take_reconciliation(
        &self,
        lease: Timestamp,
    ) -> Result<Option<TakenReconciliation>, StoreError> {
        self.inner.writer.submit(TakeReconciliation { lease }).await
    }
}

impl Transition for TakeReconciliation {
    type Output = Option<TakenReconciliation>;
    const ORDER: Order = Order::Claim;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Option<TakenReconciliation>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(take(tx, request.lease).await?));
        }
        Ok(results)
    }
}

async fn take(tx: &Tx<'_>, lease: Timestamp) -> Result<Option<TakenReconciliation>, StoreError> {
    let Some(row) = running(tx).await? else {
        return Ok(None);
    };
    let leased = row
        .leased_until
        .is_some_and(|until| until > tx.now_micros());
    let by_the_dead = !tx.is_shared() && row.holder != Some(tx.node);
    if leased && !by_the_dead {
        return Ok(None);
    }
    let fence = row.fence + 1;
    let taken = reconciliations::Entity::update_many()
        .col_expr(reconciliations::Column::Holder, Expr::value(tx.node))
        .col_expr(
            reconciliations::Column::LeasedUntil,
            Expr::value(to_micros(lease)),
        )
        .col_expr(reconciliations::Column::Fence, Expr::value(fence))
        .filter(reconciliations::Column::Id.eq(row.id))
        .filter(Expr::col(reconciliations::Column::Fence).eq(row.fence))
        .filter(reconciliations::Column::State.eq("running"))
        .exec(tx.db)
        .await?;
    Ok((taken.rows_affected == 1).then(|| TakenReconciliation {
        id: row.id,
        fence,
        since: from_micros(row.since),
        until: from_micros(row.until),
    }))
}

/// The row of a reconciliation that its holder writes to, locked where others may write too.
pub(super) async fn taken(
    tx: &Tx<'_>,
    id: Uuid,
    fence: i64,
) -> Result<Option<reconciliations::Model>, StoreError> {
    let mut select = reconciliations::Entity::find_by_id(id);
    if tx.is_shared() {
        select = sea_orm::QuerySelect::lock_exclusive(select);
    }
    let row = select.one(tx.db).await?;
    Ok(row.filter(|row| row.fence == fence && row.state == "running"))
}
