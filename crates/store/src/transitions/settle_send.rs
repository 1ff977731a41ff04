//! Records what came of an attempt at a send: `pending` and claimed → `done`, `failed` or `unknown`, or `pending` and
//! free again, due later.
//!
//! If the process dies before the commit, `take_over` records the attempt as one whose outcome nobody can know, and the
//! send is tried again with the same bytes and keys: at least once. If after, it is settled.

use std::collections::{BTreeMap, HashMap, HashSet};

use cuebook_core::clock::to_micros;
use cuebook_core::effect::{Attempt, EffectState};
use cuebook_core::{EffectId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use uuid::Uuid;

use super::effect_changes::attempt_row;
use super::steps::{not_before, number};
use crate::entities::effects;
use crate::error::StoreError;
use crate::statements::{given, insert_all, update_each};
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// What came of an attempt at a send.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The send.
    pub id: EffectId,
    /// The fence of its claim.
    pub fence: i64,
    /// The attempt.
    pub attempt: Attempt,
    /// What becomes of the send.
    pub outcome: SettledAs,
}

/// What becomes of a send after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettledAs {
    /// The other side confirmed it.
    Done,
    /// It was refused for good, or the attempts are used up.
    Failed,
    /// Nobody can know, and it is not tried again.
    Unknown,
    /// It is tried again, not before this instant.
    RetryAt(Timestamp),
}

impl Store {
    /// Records what came of an attempt at a send.
    pub async fn settle_send(&self, settlement: Settlement) -> Result<(), StoreError> {
        self.inner.writer.submit(settlement).await
    }
}

impl Transition for Settlement {
    type Output = ();
    const ORDER: Order = Order::Settle;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let fences = fences(tx, batch.iter().map(|settlement| settlement.id.0)).await?;
        let mut settled = HashSet::new();
        let mut results = Vec::with_capacity(batch.len());
        let mut attempts = Vec::with_capacity(batch.len());
        let mut rows = BTreeMap::new();
        for settlement in batch {
            let id = settlement.id.0;
            if fences.get(&id) != Some(&settlement.fence) || !settled.insert(id) {
                results.push(Err(StoreError::Fenced));
                continue;
            }
            attempts.push(attempt_row(settlement.id, &settlement.attempt));
            rows.insert(id, row(settlement));
            if matches!(settlement.outcome, SettledAs::RetryAt(_)) {
                tx.ready.timers();
            }
            results.push(Ok(()));
        }
        insert_all(tx, attempts).await?;
        write(tx, rows.into_values().collect()).await?;
        Ok(results)
    }
}

/// The fences of those of the sends that are claimed.
pub(super) async fn fences(
    tx: &Tx<'_>,
    sends: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let mut select = effects::Entity::find()
        .select_only()
        .columns([effects::Column::Id, effects::Column::Fence])
        .filter(effects::Column::Id.is_in(sends))
        .filter(effects::Column::State.eq("pending"))
        .filter(effects::Column::ClaimedAt.is_not_null())
        .order_by_asc(effects::Column::Id);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let rows: Vec<(Uuid, i64)> = select.into_tuple().all(tx.db).await?;
    Ok(rows.into_iter().collect())
}

fn row(settlement: &Settlement) -> Vec<Value> {
    let (state, due_at) = match settlement.outcome {
        SettledAs::Done => (EffectState::Done, None),
        SettledAs::Failed => (EffectState::Failed, None),
        SettledAs::Unknown => (EffectState::Unknown, None),
        SettledAs::RetryAt(at) => (EffectState::Pending, Some(not_before(at))),
    };
    let settled_at = due_at
        .is_none()
        .then_some(to_micros(settlement.attempt.ended_at));
    vec![
        settlement.id.0.into(),
        state.as_str().into(),
        due_at.into(),
        settled_at.into(),
        number(settlement.attempt.number).into(),
    ]
}

async fn write(tx: &Tx<'_>, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    update_each(
        tx,
        effects::Entity,
        effects::Column::Id,
        vec![
            (effects::Column::State, given(2)),
            (effects::Column::DueAt, given(3)),
            (effects::Column::SettledAt, given(4)),
            (effects::Column::Attempts, given(5)),
            (effects::Column::ClaimedAt, Expr::value(None::<i64>)),
            (effects::Column::Holder, Expr::value(None::<Uuid>)),
        ],
        rows,
    )
    .await
}
