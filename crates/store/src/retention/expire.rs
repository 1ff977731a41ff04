//! The first stage: what events and runs say goes, why they failed in words, too. Their rows stay with type, subject, state and times, and so do the
//! ledger's with receivers and outcomes, so that the books close.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use super::tombstone;
use crate::entities::{effect_attempts, effect_bodies, effects, events, logs, runs, steps};
use crate::error::StoreError;
use crate::statements::{given, update_each};
use crate::writer::Tx;

/// What is said of an event that was in no need of a reason.
pub(crate) const REASON: &str =
    "what it said is no longer kept: it is older than `retention.payloads`";
/// So many effects are taken together.
const TOGETHER: usize = 1000;

/// Gives up what these events and their runs say.
pub(super) async fn expire(tx: &Tx<'_>, of: &[Uuid], of_runs: &[Uuid]) -> Result<(), StoreError> {
    if of.is_empty() {
        return Ok(());
    }
    for ids in effects_of(tx, of, of_runs).await?.chunks(TOGETHER) {
        expire_effects(tx, ids).await?;
    }
    // It may quote what the run read or sent; its code says what kind of end it was.
    runs::Entity::update_many()
        .col_expr(runs::Column::Reason, Expr::value(None::<String>))
        .filter(runs::Column::Id.is_in(of_runs.iter().copied()))
        .filter(
            runs::Column::Reason
                .is_not_null()
                .and(runs::Column::Reason.ne(crate::privacy::ERASED)),
        )
        .exec(tx.db)
        .await?;
    steps::Entity::delete_many()
        .filter(steps::Column::RunId.is_in(of_runs.iter().copied()))
        .exec(tx.db)
        .await?;
    logs::Entity::delete_many()
        .filter(logs::Column::RunId.is_in(of_runs.iter().copied()))
        .exec(tx.db)
        .await?;
    empty(tx, of).await
}

/// Gives up what these effects carried, and what was answered or went wrong.
pub(super) async fn expire_effects(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    use effect_attempts::Column;
    effect_bodies::Entity::delete_many()
        .filter(effect_bodies::Column::EffectId.is_in(ids.iter().copied()))
        .exec(tx.db)
        .await?;
    effect_attempts::Entity::update_many()
        .col_expr(Column::Answer, Expr::value(None::<String>))
        .col_expr(Column::Error, Expr::value(None::<String>))
        .filter(Column::EffectId.is_in(ids.iter().copied()))
        .filter(Column::Answer.is_not_null().or(Column::Error.is_not_null()))
        .exec(tx.db)
        .await?;
    Ok(())
}

async fn empty(tx: &Tx<'_>, of: &[Uuid]) -> Result<(), StoreError> {
    use events::{Column, Entity};
    let types: Vec<(Uuid, Option<String>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::EventType])
        .filter(Column::Id.is_in(of.iter().copied()))
        // What was erased says already that it is.
        .filter(
            Condition::any()
                .add(Column::Reason.is_null())
                .add(Column::Reason.ne(crate::privacy::ERASED)),
        )
        .into_tuple()
        .all(tx.db)
        .await?;
    let rows = types.into_iter().map(|(id, event_type)| {
        let body = tombstone::body(event_type.as_deref());
        vec![
            Value::from(id),
            body.into(),
            b"[]".to_vec().into(),
            REASON.into(),
        ]
    });
    let reason = Expr::col((Entity, Column::Reason)).if_null(given(4));
    update_each(
        tx,
        Entity,
        Column::Id,
        vec![
            (Column::Body, given(2)),
            (Column::Headers, given(3)),
            (Column::Reason, reason),
        ],
        rows.collect(),
    )
    .await
}

/// The ids of what these runs wanted, and of what was forwarded of these events.
pub(super) async fn effects_of(
    tx: &Tx<'_>,
    of: &[Uuid],
    of_runs: &[Uuid],
) -> Result<Vec<Uuid>, StoreError> {
    let wanted = Condition::any()
        .add(effects::Column::RunId.is_in(of_runs.iter().copied()))
        .add(
            effects::Column::EndpointId
                .is_not_null()
                .and(effects::Column::EventId.is_in(of.iter().copied())),
        );
    Ok(effects::Entity::find()
        .select_only()
        .column(effects::Column::Id)
        .filter(wanted)
        .into_tuple()
        .all(tx.db)
        .await?)
}
