//! Begins a reconciliation: nothing → `running`, for whoever takes it. There is one at a time, on however many nodes: an index
//! decides. That of the timer is begun only once its time has come, by the row of the one before.

use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::clock::{from_micros, later, to_micros};
use cuebook_core::{Account, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::mark;
use crate::audit::{Change, Target};
use crate::entities::reconciliations;
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A webhook may take as long as this: younger changes are left for the next look.
const GRACE: TimeDelta = TimeDelta::minutes(2);
/// So much of what the look before has seen is looked at again, for clocks that do not agree.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// A request for a reconciliation.
#[derive(Debug, Clone, Copy)]
pub struct BeginReconciliation {
    /// Its id.
    pub id: Uuid,
    /// Changes from this instant on; from where the look before ended, where it is left out.
    pub since: Option<Timestamp>,
    /// Only if the last one of the timer began so long ago; `None` where a person asks.
    pub every: Option<Duration>,
}

/// What came of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It has begun.
    Begun(Uuid),
    /// This one is still running.
    Running(Uuid),
    /// Its time comes at this instant.
    NotDue(Timestamp),
}

impl Store {
    /// Begins a reconciliation.
    pub async fn begin_reconciliation(
        &self,
        request: BeginReconciliation,
    ) -> Result<Begun, StoreError> {
        self.change(request).await
    }
}

impl Transition for BeginReconciliation {
    type Output = Begun;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Begun> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(begin(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for BeginReconciliation {
    fn target(&self) -> Target {
        Target::new("reconciliation", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = reconciliations::Entity::find_by_id(self.id);
        let row = row.one(tx.db).await?;
        Ok(row.map(|row| json!({"state": row.state, "since": from_micros(row.since)})))
    }
}

async fn begin(tx: &Tx<'_>, request: &BeginReconciliation) -> Result<Begun, StoreError> {
    let mark = mark::keep(tx, tx.now).await?;
    if let Some(running) = running(tx).await? {
        return Ok(Begun::Running(running.id));
    }
    if let Some(every) = request.every {
        let due = later(last_of_timer(tx).await?.unwrap_or(mark.baseline), every);
        if due > tx.now {
            return Ok(Begun::NotDue(due));
        }
    }
    let since = request
        .since
        .unwrap_or_else(|| (mark.looked_until - OVERLAP).max(mark.baseline));
    let cause = if request.every.is_some() {
        "timer"
    } else {
        "operator"
    };
    let row = reconciliations::Model {
        id: request.id,
        account: Account::default().0,
        cause: cause.to_owned(),
        state: "running".to_owned(),
        reason: None,
        since: to_micros(since),
        until: to_micros(tx.now - GRACE),
        resource: None,
        looked: 0,
        known: 0,
        unchanged: 0,
        made: 0,
        held: 0,
        started_at: tx.now_micros(),
        ended_at: None,
        holder: None,
        leased_until: None,
        fence: 0,
    };
    // Another process may begin one at this moment: then its row is there and this one is not.
    insert_missing(tx, vec![row]).await?;
    tx.ready.inquiries();
    Ok(match running(tx).await? {
        Some(row) if row.id == request.id => Begun::Begun(row.id),
        Some(row) => Begun::Running(row.id),
        // It was begun and ended in between.
        None => Begun::NotDue(tx.now),
    })
}

/// The one that is running.
pub(super) async fn running(tx: &Tx<'_>) -> Result<Option<reconciliations::Model>, StoreError> {
    let running = reconciliations::Entity::find()
        .filter(reconciliations::Column::State.eq("running"))
        .filter(reconciliations::Column::Account.eq(Account::default().0));
    Ok(running.one(tx.db).await?)
}

/// When the timer's last one began.
async fn last_of_timer(tx: &Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let last = reconciliations::Entity::find()
        .filter(reconciliations::Column::Cause.eq("timer"))
        .order_by_desc(reconciliations::Column::Id)
        .one(tx.db)
        .await?;
    Ok(last.map(|row| from_micros(row.started_at)))
}
