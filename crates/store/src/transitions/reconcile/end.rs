//! Ends a reconciliation: `running` → `completed`, `failed` or `cancelled`. Only one that has completed moves the mark on, and only
//! where it leaves no gap; so what a failed one has not seen is seen by the next.

use chrono::TimeDelta;
use cuebook_core::clock::to_micros;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::take::taken;
use crate::audit::{Change, Target};
use crate::entities::{reconcile_marks, reconciled_changes, reconciliations};
use crate::error::StoreError;
use crate::store::Store;
use crate::transitions::Operated;
use crate::writer::{Applied, Order, Transition, Tx};

/// So long it is known which change was looked at: longer than anybody looks back.
const REMEMBERED: TimeDelta = TimeDelta::days(400);

/// How a reconciliation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReconciliationEnd {
    /// All of it was looked at.
    Completed,
    /// It could not go on, for this reason.
    Failed(String),
}

/// A request of its holder.
pub(crate) struct EndReconciliation {
    id: Uuid,
    fence: i64,
    end: ReconciliationEnd,
}

/// A request of a person.
pub(crate) struct CancelReconciliation(Uuid);

impl Store {
    /// Ends a reconciliation that this process carries out. Says whether it still had it.
    pub async fn end_reconciliation(
        &self,
        id: Uuid,
        fence: i64,
        end: ReconciliationEnd,
    ) -> Result<bool, StoreError> {
        let request = EndReconciliation { id, fence, end };
        self.inner.writer.submit(request).await
    }

    /// Ends a reconciliation, whoever carries it out. The events that it has made stay.
    pub async fn cancel_reconciliation(&self, id: Uuid) -> Result<Operated<String>, StoreError> {
        self.change(CancelReconciliation(id)).await
    }
}

impl Transition for EndReconciliation {
    type Output = bool;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<bool> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(end(tx, request).await?));
        }
        Ok(results)
    }
}

async fn end(tx: &Tx<'_>, request: &EndReconciliation) -> Result<bool, StoreError> {
    let Some(row) = taken(tx, request.id, request.fence).await? else {
        return Ok(false);
    };
    let long_ago = to_micros(tx.now - REMEMBERED);
    reconciliations::Entity::delete_many()
        .filter(Expr::col(reconciliations::Column::EndedAt).lt(long_ago))
        .exec(tx.db)
        .await?;
    match &request.end {
        ReconciliationEnd::Completed => {
            set(tx, row.id, "completed", None).await?;
            reconcile_marks::Entity::update_many()
                .col_expr(reconcile_marks::Column::LookedUntil, Expr::value(row.until))
                .filter(reconcile_marks::Column::Account.eq(row.account))
                .filter(Expr::col(reconcile_marks::Column::LookedUntil).lt(row.until))
                .filter(Expr::col(reconcile_marks::Column::LookedUntil).gte(row.since))
                .exec(tx.db)
                .await?;
            reconciled_changes::Entity::delete_many()
                .filter(Expr::col(reconciled_changes::Column::At).lt(long_ago))
                .exec(tx.db)
                .await?;
        }
        ReconciliationEnd::Failed(why) => set(tx, row.id, "failed", Some(why.clone())).await?,
    }
    Ok(true)
}

async fn set(tx: &Tx<'_>, id: Uuid, state: &str, reason: Option<String>) -> Result<(), StoreError> {
    reconciliations::Entity::update_many()
        .col_expr(reconciliations::Column::State, Expr::value(state))
        .col_expr(reconciliations::Column::Reason, Expr::value(reason))
        .col_expr(
            reconciliations::Column::EndedAt,
            Expr::value(Some(tx.now_micros())),
        )
        .col_expr(
            reconciliations::Column::LeasedUntil,
            Expr::value(None::<i64>),
        )
        .filter(reconciliations::Column::Id.eq(id))
        .exec(tx.db)
        .await?;
    Ok(())
}

impl Transition for CancelReconciliation {
    type Output = Operated<String>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<String>> {
        let mut results = Vec::with_capacity(batch.len());
        for CancelReconciliation(id) in batch {
            let row = reconciliations::Entity::find_by_id(*id).one(tx.db).await?;
            let operated = match row {
                None => Operated::NoSuch,
                Some(row) if row.state != "running" => Operated::NotIn(row.state),
                Some(row) => {
                    set(tx, row.id, "cancelled", None).await?;
                    Operated::Done
                }
            };
            results.push(Ok(operated));
        }
        Ok(results)
    }
}

impl Change for CancelReconciliation {
    fn target(&self) -> Target {
        Target::new("reconciliation", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = reconciliations::Entity::find_by_id(self.0)
            .one(tx.db)
            .await?;
        Ok(row.map(|row| json!({"state": row.state, "made": row.made, "held": row.held})))
    }
}
