//! An operator decides against an effect: a send that is `pending` or `held`, or any effect that has `failed`, →
//! `discarded`. It is never tried again by itself. One whose attempt is being made just now is left alone, since nobody
//! could say what became of it. If the process dies before the commit, the effect is as it was.

use cuebook_core::EffectId;
use cuebook_core::effect::EffectState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value as Json;

use super::retry_send::{EffectOperated, effect_and_state, is_send};
use crate::audit::{Change, Target, pictures};
use crate::entities::effects;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to discard an effect.
pub(crate) struct DiscardEffect(EffectId);

impl Store {
    /// Discards an effect that is not done.
    pub async fn discard_effect(&self, id: EffectId) -> Result<EffectOperated, StoreError> {
        self.change(DiscardEffect(id)).await
    }
}

impl Transition for DiscardEffect {
    type Output = EffectOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EffectOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(discard(tx, request.0).await?));
        }
        Ok(results)
    }
}

impl Change for DiscardEffect {
    fn target(&self) -> Target {
        Target::new("effect", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_effect(tx, self.0).await
    }
}

async fn discard(tx: &Tx<'_>, id: EffectId) -> Result<EffectOperated, StoreError> {
    let Some((row, state)) = effect_and_state(tx, id).await? else {
        return Ok(EffectOperated::NoSuch);
    };
    match state {
        EffectState::Pending if row.claimed_at.is_some() => return Ok(EffectOperated::UnderWay),
        // A call that is open belongs to its run until that has its answer.
        EffectState::Pending if !is_send(tx, &row).await? => return Ok(EffectOperated::IsCall),
        EffectState::Pending | EffectState::Held | EffectState::Failed => {}
        EffectState::Done
        | EffectState::Unknown
        | EffectState::Captured
        | EffectState::Discarded => return Ok(EffectOperated::NotIn(state)),
    }
    effects::Entity::update_many()
        .col_expr(
            effects::Column::State,
            Expr::value(EffectState::Discarded.as_str()),
        )
        .col_expr(effects::Column::DueAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::SettledAt, Expr::value(tx.now_micros()))
        .filter(effects::Column::Id.eq(row.id))
        .exec(tx.db)
        .await?;
    Ok(EffectOperated::Done)
}
