//! Claims sends that are due for this process: `pending` and free → `pending` and claimed, the longest due first, with
//! a new fence. Those of a rule that is stopped are left.
//!
//! The claim stands for the attempt that follows it: if the process dies before the attempt is settled, nobody knows
//! whether it was made, and `take_over` says so. Hence this claim is synced, unlike that of a run. A send that cannot be
//! read is set aside (see `unreadable`).

use std::collections::HashMap;

use cuebook_core::rule::RuleName;
use cuebook_core::{EffectId, EndpointId, EventId, RunId};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use super::endpoints;
use super::stop::{Stopped, StoppedRules};
use super::unreadable::fail_sends;
use crate::entities::{effect_bodies, effects};
use crate::error::StoreError;
use crate::reading::rule_of;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A send that this process has. Whoever claims one begins its attempt within a moment: what is not settled counts as tried.
#[derive(Debug, Clone)]
pub struct ClaimedSend {
    /// Its row in the ledger.
    pub id: EffectId,
    /// What proves the claim.
    pub fence: i64,
    /// The function's name.
    pub kind: String,
    /// The receiver.
    pub target: String,
    /// The idempotency key.
    pub key: String,
    /// What the performer needs beside the bytes.
    pub envelope: serde_json::Value,
    /// The bytes.
    pub body: Vec<u8>,
    /// How often it was tried before.
    pub attempts: u32,
    /// The rule whose run wanted it; none of a delivery.
    pub rule: Option<RuleName>,
    /// The run that wanted it; none of a delivery.
    pub run_id: Option<RunId>,
    /// The endpoint that it is delivered to.
    pub endpoint: Option<EndpointId>,
    /// The event behind it.
    pub event_id: EventId,
}

/// Sends of which kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendKinds {
    /// Of all.
    All,
    /// Of this one.
    Only(&'static str),
    /// Of all but this one.
    AllBut(&'static str),
}

/// How many sends of some kinds are wanted.
#[derive(Debug, Clone, Copy)]
pub struct SendsWanted {
    /// Of which kinds.
    pub kinds: SendKinds,
    /// So many at most.
    pub limit: u32,
}

/// A request for sends.
pub(crate) struct ClaimSends(Vec<SendsWanted>);

impl Store {
    /// Claims up to `limit` sends that are due, the longest due first.
    pub async fn claim_sends(&self, limit: u32) -> Result<Vec<ClaimedSend>, StoreError> {
        self.claim_sends_of(vec![SendsWanted {
            kinds: SendKinds::All,
            limit,
        }])
        .await
    }

    /// Claims sends that are due by kinds, those of each the longest due first.
    pub async fn claim_sends_of(
        &self,
        wanted: Vec<SendsWanted>,
    ) -> Result<Vec<ClaimedSend>, StoreError> {
        let claimed = self.inner.writer.submit(ClaimSends(wanted)).await?;
        if claimed.strange {
            // What was claimed is ours in any case: whoever sends it will say what is missing.
            if let Err(error) = self.refresh_endpoints().await {
                tracing::warn!(%error, "changed endpoints could not be read");
            }
        }
        Ok(claimed.sends)
    }
}

/// What was claimed.
#[derive(Default)]
pub(crate) struct Claimed {
    sends: Vec<ClaimedSend>,
    /// Whether some go to an endpoint that is not known in memory as it is.
    strange: bool,
}

impl Transition for ClaimSends {
    type Output = Claimed;
    const ORDER: Order = Order::Claim;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Claimed> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            let mut claimed = Claimed::default();
            for wanted in &request.0 {
                if wanted.limit > 0 {
                    readable(tx, claim(tx, *wanted).await?, &mut claimed).await?;
                }
            }
            results.push(Ok(claimed));
        }
        Ok(results)
    }
}

/// Adds the claimed sends, the longest due first; what cannot be read is set aside, and so is what its endpoint does not
/// take.
async fn readable(
    tx: &Tx<'_>,
    mut rows: Vec<effects::Model>,
    claimed: &mut Claimed,
) -> Result<(), StoreError> {
    rows.sort_by_key(|row| (row.due_at, row.id));
    let taken = endpoints::take(tx, rows).await?;
    claimed.strange |= taken.strange;
    let mut bodies = bodies(tx, &taken.rows).await?;
    taken.bodies(tx, &mut bodies).await?;
    let mut unreadable = Vec::new();
    for row in taken.rows {
        let body = bodies.remove(&row.id);
        match claimed_send(&row, body) {
            Ok(send) => {
                tx.known.claims().learn_send(&row);
                claimed.sends.push(send);
            }
            Err(error) => unreadable.push((row, error)),
        }
    }
    fail_sends(tx, unreadable).await
}

async fn claim(tx: &Tx<'_>, wanted: SendsWanted) -> Result<Vec<effects::Model>, StoreError> {
    let stopped = StoppedRules::load(tx, &[Stopped::Everything, Stopped::Sends]).await?;
    if stopped.all {
        return Ok(Vec::new());
    }
    let mut due = due(tx.now_micros(), wanted, &stopped);
    if tx.is_shared() {
        due.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let rows = effects::Entity::update_many()
        .col_expr(effects::Column::ClaimedAt, Expr::value(tx.now_micros()))
        .col_expr(
            effects::Column::Fence,
            Expr::col(effects::Column::Fence).add(1_i64),
        )
        .col_expr(effects::Column::Holder, Expr::value(Value::from(tx.node)))
        .filter(effects::Column::Id.in_subquery(due))
        .exec_with_returning(tx.db)
        .await?;
    Ok(rows)
}

/// The sends that may be claimed, the longest due first.
pub(super) fn due(now: i64, wanted: SendsWanted, stopped: &StoppedRules) -> SelectStatement {
    let mut select = Query::select();
    select
        .column(effects::Column::Id)
        .from(effects::Entity)
        .and_where(Expr::col(effects::Column::State).eq(word("pending")))
        .and_where(Expr::col(effects::Column::DueAt).is_not_null())
        .and_where(Expr::col(effects::Column::DueAt).lte(now))
        .and_where(Expr::col(effects::Column::ClaimedAt).is_null())
        .order_by(effects::Column::DueAt, sea_orm::Order::Asc)
        .order_by(effects::Column::Id, sea_orm::Order::Asc)
        .limit(u64::from(wanted.limit));
    let kind = || Expr::col(effects::Column::Kind);
    match wanted.kinds {
        SendKinds::All => {}
        SendKinds::Only(only) => {
            select.and_where(kind().eq(only));
        }
        SendKinds::AllBut(but) => {
            select.and_where(kind().ne(but));
        }
    }
    if !stopped.rules.is_empty() {
        let rule = Expr::col(effects::Column::Rule);
        select.and_where(rule.is_not_in(stopped.rules.iter().cloned()));
    }
    select
}

async fn bodies(
    tx: &Tx<'_>,
    rows: &[effects::Model],
) -> Result<HashMap<Uuid, effect_bodies::Model>, StoreError> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let bodies = effect_bodies::Entity::find()
        .filter(effect_bodies::Column::EffectId.is_in(rows.iter().map(|row| row.id)))
        .all(tx.db)
        .await?;
    Ok(bodies.into_iter().map(|row| (row.effect_id, row)).collect())
}

/// The claim of a row that is claimed, with what it sends.
pub(super) fn claimed_send(
    row: &effects::Model,
    body: Option<effect_bodies::Model>,
) -> Result<ClaimedSend, StoreError> {
    let body = body.ok_or_else(|| StoreError::unreadable("send's body", row.id.to_string()))?;
    Ok(ClaimedSend {
        id: EffectId(row.id),
        fence: row.fence,
        kind: row.kind.clone(),
        target: row.target.clone(),
        key: row.key.clone(),
        envelope: serde_json::from_slice(&body.envelope)
            .map_err(|error| StoreError::unreadable("send's envelope", error.to_string()))?,
        body: body.body,
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        rule: rule_of(&row.rule)?,
        run_id: row.run_id.map(RunId),
        endpoint: row.endpoint_id.map(EndpointId),
        event_id: EventId(row.event_id),
    })
}
