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
use super::endpoints::{self, Outcome, Settled};
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
    /// Records what came of an attempt at a send, and says what that means for its endpoint, where it has one.
    pub async fn settle_send(&self, settlement: Settlement) -> Result<Settled, StoreError> {
        let settled = self.inner.writer.submit(settlement).await?;
        if settled.news {
            // It is recorded in any case.
            if let Err(error) = self.refresh_endpoints().await {
                tracing::warn!(%error, "changed endpoints could not be read");
            }
        }
        Ok(settled)
    }
}

impl Transition for Settlement {
    type Output = Settled;
    const ORDER: Order = Order::Settle;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Settled> {
        let claims = claims(tx, batch.iter().map(|settlement| settlement.id.0)).await?;
        let mut settled = HashSet::new();
        let mut results = Vec::with_capacity(batch.len());
        let mut attempts = Vec::with_capacity(batch.len());
        let mut rows = BTreeMap::new();
        let mut outcomes = Vec::new();
        for settlement in batch {
            let id = settlement.id.0;
            let claim = claims.get(&id);
            if claim.map(|claim| claim.fence) != Some(settlement.fence) || !settled.insert(id) {
                results.push(Err(StoreError::Fenced));
                continue;
            }
            let endpoint = claim.and_then(|claim| claim.endpoint);
            outcomes.extend(endpoint.map(|endpoint| settlement.outcome_at(endpoint)));
            attempts.push(attempt_row(settlement.id, &settlement.attempt));
            rows.insert(id, row(settlement));
            if matches!(settlement.outcome, SettledAs::RetryAt(_)) {
                tx.ready.timers();
            }
            results.push(Ok(Settled::default()));
        }
        insert_all(tx, attempts).await?;
        write(tx, rows.into_values().collect()).await?;
        let mut settled = endpoints::judge(tx, &outcomes).await?;
        for (settlement, result) in batch.iter().zip(&mut results) {
            let claim = claims.get(&settlement.id.0);
            let endpoint = claim.and_then(|claim| claim.endpoint);
            // Whatever is to be told of an endpoint is told to one.
            if let (Ok(result), Some(endpoint)) = (result, endpoint)
                && let Some(settled) = settled.remove(&endpoint)
            {
                *result = settled;
            }
        }
        Ok(results)
    }
}

impl Settlement {
    fn outcome_at(&self, endpoint: Uuid) -> Outcome {
        Outcome {
            endpoint,
            started_at: self.attempt.started_at,
            how: self.attempt.outcome,
            status: self.attempt.status,
        }
    }
}

/// The claim of a send.
pub(super) struct Claim {
    pub(super) fence: i64,
    /// The endpoint that it is delivered to.
    pub(super) endpoint: Option<Uuid>,
}

/// The claims of those of the sends that are claimed.
pub(super) async fn claims(
    tx: &Tx<'_>,
    sends: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Claim>, StoreError> {
    let (mut claims, mut unknown) = (HashMap::new(), Vec::new());
    for send in sends {
        match tx.known.claims().take_send(send) {
            Some(fence) => {
                let endpoint = None;
                claims.insert(send, Claim { fence, endpoint });
            }
            None if claims.contains_key(&send) => {}
            None => unknown.push(send),
        }
    }
    if unknown.is_empty() {
        return Ok(claims);
    }
    let mut select = effects::Entity::find()
        .select_only()
        .columns([
            effects::Column::Id,
            effects::Column::Fence,
            effects::Column::EndpointId,
        ])
        .filter(effects::Column::Id.is_in(unknown))
        .filter(effects::Column::State.eq("pending"))
        .filter(effects::Column::ClaimedAt.is_not_null())
        .order_by_asc(effects::Column::Id);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let rows: Vec<(Uuid, i64, Option<Uuid>)> = select.into_tuple().all(tx.db).await?;
    let found = rows.into_iter();
    claims.extend(found.map(|(id, fence, endpoint)| (id, Claim { fence, endpoint })));
    Ok(claims)
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
