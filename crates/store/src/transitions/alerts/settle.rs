//! Notes that alerts were told, or why they could not be.
//!
//! Told ones come again after a day while they last; the others soon, and later with each failure. If the process dies before the
//! commit, they come again when their claim ends.

use chrono::TimeDelta;
use cuebook_core::clock::to_micros;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use uuid::Uuid;

use crate::entities::alerts;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How often one that lasts is told.
const AGAIN: TimeDelta = TimeDelta::hours(24);
/// How long after the first failure it is tried again, and after each further one twice as long.
const FIRST: TimeDelta = TimeDelta::minutes(1);
/// After how many failures the pause grows no more: 1 min · 2⁶.
const GROWS: i32 = 6;

/// What came of telling alerts.
#[derive(Debug, Clone)]
pub struct Told {
    /// Which.
    pub alerts: Vec<Uuid>,
    /// Why they could not be told.
    pub error: Option<String>,
}

impl Store {
    /// Notes what came of telling alerts.
    pub async fn settle_alerts(&self, told: Told) -> Result<(), StoreError> {
        self.inner.writer.submit(told).await
    }
}

impl Transition for Told {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for told in batch {
            let rows = alerts::Entity::find()
                .filter(alerts::Column::Id.is_in(told.alerts.iter().copied()))
                .all(tx.db)
                .await?;
            for row in rows {
                settle(tx, row, told.error.as_ref()).await?;
            }
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

async fn settle(tx: &Tx<'_>, row: alerts::Model, error: Option<&String>) -> Result<(), StoreError> {
    let (number, attempts, is_over) = (row.number, row.attempts, row.resolved_at.is_some());
    let mut change = row.into_active_model();
    if let Some(error) = error {
        let pause = FIRST * 2_i32.pow(attempts.clamp(0, GROWS).unsigned_abs());
        change.due_at = Set(Some(to_micros(tx.now + pause)));
        change.attempts = Set(attempts.saturating_add(1));
        change.error = Set(Some(error.clone()));
    } else {
        change.due_at = Set((!is_over).then(|| to_micros(tx.now + AGAIN)));
        change.told_at = Set(Some(tx.now_micros()));
        change.told_number = Set(number);
        change.attempts = Set(0);
        change.error = Set(None);
    }
    change.update(tx.db).await?;
    Ok(())
}
