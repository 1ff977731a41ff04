//! Effects: kind, state, attempts and times stay; target, bytes and what the other side answered go. What has not left
//! never does.

use cuebook_core::effect::EffectState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::super::ERASED;
use crate::entities::effects::{Column, Entity};
use crate::entities::{effect_attempts, effect_bodies};
use crate::error::StoreError;
use crate::writer::Tx;

pub(super) async fn erase(tx: &Tx<'_>, of: Condition) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(of)
        .into_tuple()
        .all(tx.db)
        .await?;
    for ids in ids.chunks(500) {
        settle(tx, ids, true).await?;
        settle(tx, ids, false).await?;
        Entity::update_many()
            .col_expr(Column::Target, Expr::value(ERASED))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .exec(tx.db)
            .await?;
        effect_bodies::Entity::delete_many()
            .filter(effect_bodies::Column::EffectId.is_in(ids.iter().copied()))
            .exec(tx.db)
            .await?;
        effect_attempts::Entity::update_many()
            .col_expr(effect_attempts::Column::Error, Expr::value(None::<String>))
            .col_expr(effect_attempts::Column::Answer, Expr::value(None::<String>))
            .filter(effect_attempts::Column::EffectId.is_in(ids.iter().copied()))
            .exec(tx.db)
            .await?;
    }
    Ok(())
}

/// What is under way may arrive, and nobody will know; what is not, or has failed, is never tried again.
async fn settle(tx: &Tx<'_>, ids: &[Uuid], under_way: bool) -> Result<(), StoreError> {
    let open = [
        EffectState::Pending.as_str(),
        EffectState::Held.as_str(),
        EffectState::Failed.as_str(),
    ];
    let (state, claimed) = if under_way {
        (EffectState::Unknown, Column::ClaimedAt.is_not_null())
    } else {
        (EffectState::Discarded, Column::ClaimedAt.is_null())
    };
    let open = if under_way { &open[..1] } else { &open[..] };
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::SettledAt, Expr::value(tx.now_micros()))
        .col_expr(Column::DueAt, Expr::value(None::<i64>))
        .col_expr(Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1_i64))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::State.is_in(open.iter().copied()))
        .filter(claimed)
        .exec(tx.db)
        .await?;
    Ok(())
}
