//! A person approves a send that was over its rule's budget: `held` → `pending`, due at once.
//!
//! If the process dies before the commit, the send is still held.

use cuebook_core::EffectId;
use cuebook_core::effect::EffectState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value as Json;

use super::retry_send::{EffectOperated, effect_and_state};
use crate::audit::{Change, Target, pictures};
use crate::entities::effects;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to let a send go.
pub(crate) struct ApproveSend(EffectId);

impl Store {
    /// Lets a held send go.
    pub async fn approve_send(&self, id: EffectId) -> Result<EffectOperated, StoreError> {
        self.change(ApproveSend(id)).await
    }
}

impl Transition for ApproveSend {
    type Output = EffectOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EffectOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(approve(tx, request.0).await?));
        }
        Ok(results)
    }
}

impl Change for ApproveSend {
    fn target(&self) -> Target {
        Target::new("effect", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_effect(tx, self.0).await
    }
}

async fn approve(tx: &Tx<'_>, id: EffectId) -> Result<EffectOperated, StoreError> {
    let Some((row, state)) = effect_and_state(tx, id).await? else {
        return Ok(EffectOperated::NoSuch);
    };
    if state != EffectState::Held {
        return Ok(EffectOperated::NotIn(state));
    }
    let pending = Expr::value(EffectState::Pending.as_str());
    effects::Entity::update_many()
        .col_expr(effects::Column::State, pending)
        .col_expr(effects::Column::DueAt, Expr::value(tx.now_micros()))
        .filter(effects::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    tx.ready.sends();
    Ok(EffectOperated::Done)
}
