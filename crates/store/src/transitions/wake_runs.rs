//! Wakes runs that are due: `waiting` → `ready`, behind those that queue in their lane already.
//!
//! One that waited for an event has not got it, and waits for it no more: its script finds the time past and goes on with `()`.
//! Never early: the clock is asked within the transaction, and due instants are rounded up. If the process dies before
//! the commit the run is still waiting and is found due again; after it, it is ready. While everything is stopped nothing wakes.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::event_waits::forget_waits;
use super::queue_again::queue_again;
use super::stop::{Stopped, StoppedRules};
use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// The most runs that one commit wakes; the rest is due at once again.
const AT_ONCE: u64 = 1_000;

/// What came of waking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WakeReport {
    /// How many runs are ready now.
    pub woken: u64,
    /// When the next one is due.
    pub next: Option<Timestamp>,
}

/// A request to wake what is due.
pub(crate) struct WakeRuns;

impl Store {
    /// Makes the runs ready whose wait is over.
    pub async fn wake_runs(&self) -> Result<WakeReport, StoreError> {
        self.inner.writer.submit(WakeRuns).await
    }
}

impl Transition for WakeRuns {
    type Output = WakeReport;
    const ORDER: Order = Order::Admin;
    // A wake that a power cut undoes is found due again.
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<WakeReport> {
        // Whoever resumes sees what has become due by then, and may cancel it before.
        if StoppedRules::load(tx, &[Stopped::Everything]).await?.all {
            let nothing = WakeReport::default();
            return Ok(batch.iter().map(|_| Ok(nothing)).collect());
        }
        let woken = wake(tx).await?;
        let next = next_wake(tx.db).await?;
        let report = |woken| Ok(WakeReport { woken, next });
        // Who asked first learns the number, so that the sum is right.
        let mut results = vec![report(woken)];
        results.resize_with(batch.len(), || report(0));
        Ok(results)
    }
}

async fn wake(tx: &Tx<'_>) -> Result<u64, StoreError> {
    let mut due = due(tx.now_micros());
    if tx.is_shared() {
        due = due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let due: Vec<Uuid> = due.into_tuple().all(tx.db).await?;
    queue_again(tx, &due).await?;
    // From here on no event can answer them: what they waited for did not come in time.
    forget_waits(tx, &due).await?;
    Ok(due.len() as u64)
}

/// The ids of runs whose wait is over, the longest due first.
pub(super) fn due(now: i64) -> Select<runs::Entity> {
    runs::Entity::find()
        .select_only()
        .column(runs::Column::Id)
        .filter(Expr::col(runs::Column::State).eq(word("waiting")))
        .filter(Expr::col(runs::Column::WakeAt).lte(now))
        .order_by_asc(runs::Column::WakeAt)
        .limit(AT_ONCE)
}

/// When the next waiting run is due.
pub(crate) async fn next_wake(
    db: &impl sea_orm::ConnectionTrait,
) -> Result<Option<Timestamp>, StoreError> {
    let next: Option<i64> = runs::Entity::find()
        .select_only()
        .column(runs::Column::WakeAt)
        .filter(Expr::col(runs::Column::State).eq(word("waiting")))
        .filter(Expr::col(runs::Column::WakeAt).is_not_null())
        .order_by_asc(runs::Column::WakeAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(next.map(from_micros))
}
