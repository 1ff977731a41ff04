//! Claims the alerts that are to be told. They come again after a while unless it is settled that they were told: so one whose
//! teller has died is told by another, perhaps twice.

use chrono::TimeDelta;
use cuebook_core::alert::Alert;
use cuebook_core::clock::to_micros;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::alerts;
use crate::error::StoreError;
use crate::queries::alert_of;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// So many are told at once at most.
const LIMIT: u64 = 100;
/// How long a claimed one is left to its teller.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(5);

struct Claim;

impl Store {
    /// Takes the alerts that are to be told now.
    pub async fn claim_alerts(&self) -> Result<Vec<Alert>, StoreError> {
        self.inner.writer.submit(Claim).await
    }
}

impl Transition for Claim {
    type Output = Vec<Alert>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Vec<Alert>> {
        let mut results = Vec::with_capacity(batch.len());
        for _ in batch {
            results.push(Ok(claim(tx).await?));
        }
        Ok(results)
    }
}

async fn claim(tx: &Tx<'_>) -> Result<Vec<Alert>, StoreError> {
    let mut due = alerts::Entity::find()
        .filter(alerts::Column::DueAt.lte(tx.now_micros()))
        .order_by_asc(alerts::Column::RaisedAt)
        .limit(LIMIT);
    if tx.is_shared() {
        due = due.lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        );
    }
    let rows = due.all(tx.db).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    alerts::Entity::update_many()
        .col_expr(
            alerts::Column::DueAt,
            Expr::value(Some(to_micros(tx.now + LEASE))),
        )
        .filter(alerts::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.db)
        .await?;
    rows.into_iter().map(alert_of).collect()
}
