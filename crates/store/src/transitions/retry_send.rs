//! An operator has a send tried again that was given up: `failed` or `unknown` → `pending`, due at once, with the same
//! bytes and keys. Its attempts are counted on, so that the ledger tells all of them.
//!
//! Calls that write are not retried by themselves: their answer belongs to a run, which is retried. If the process dies
//! before the commit, the send is as it was.

use cuebook_core::EffectId;
use cuebook_core::effect::EffectState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::audit::{Change, Target, pictures};
use crate::entities::{effect_bodies, effects};
use crate::error::StoreError;
use crate::reading::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// What came of an operator's decision about an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectOperated {
    /// It was carried out.
    Done,
    /// There is no such effect.
    NoSuch,
    /// Its state does not allow it.
    NotIn(EffectState),
    /// It is a call of a run, and no send.
    IsCall,
    /// An attempt is being made just now.
    UnderWay,
}

/// A request to try a send again.
pub(crate) struct RetrySend(EffectId);

impl Store {
    /// Has a send tried again that has failed, or whose outcome is unknown.
    pub async fn retry_send(&self, id: EffectId) -> Result<EffectOperated, StoreError> {
        self.change(RetrySend(id)).await
    }
}

impl Transition for RetrySend {
    type Output = EffectOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EffectOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(retry(tx, request.0).await?));
        }
        Ok(results)
    }
}

impl Change for RetrySend {
    fn target(&self) -> Target {
        Target::new("effect", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_effect(tx, self.0).await
    }
}

async fn retry(tx: &Tx<'_>, id: EffectId) -> Result<EffectOperated, StoreError> {
    let Some((row, state)) = effect_and_state(tx, id).await? else {
        return Ok(EffectOperated::NoSuch);
    };
    if !is_send(tx, &row).await? {
        return Ok(EffectOperated::IsCall);
    }
    if !matches!(state, EffectState::Failed | EffectState::Unknown) {
        return Ok(EffectOperated::NotIn(state));
    }
    effects::Entity::update_many()
        .col_expr(
            effects::Column::State,
            Expr::value(EffectState::Pending.as_str()),
        )
        .col_expr(effects::Column::DueAt, Expr::value(tx.now_micros()))
        .col_expr(effects::Column::SettledAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(
            effects::Column::Fence,
            Expr::col(effects::Column::Fence).add(1_i64),
        )
        .filter(effects::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    tx.ready.sends();
    Ok(EffectOperated::Done)
}

/// An effect that an operator decides about, locked where others may write too.
pub(super) async fn effect_and_state(
    tx: &Tx<'_>,
    id: EffectId,
) -> Result<Option<(effects::Model, EffectState)>, StoreError> {
    let mut select = effects::Entity::find_by_id(id.0);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let Some(row) = select.one(tx.db).await? else {
        return Ok(None);
    };
    let state = word("effect's state", &row.state, EffectState::from_word)?;
    Ok(Some((row, state)))
}

/// Whether it is a send: it has bytes of its own, or is a delivery of its event's.
pub(super) async fn is_send(tx: &Tx<'_>, row: &effects::Model) -> Result<bool, StoreError> {
    if row.endpoint_id.is_some() {
        return Ok(true);
    }
    let found = effect_bodies::Entity::find_by_id(row.id)
        .count(tx.db)
        .await?;
    Ok(found > 0)
}
