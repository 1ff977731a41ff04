//! The second stage: the rows themselves go, those that refer to others first.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::expire::effects_of;
use crate::entities::{
    claims, confirmations, effect_attempts, effect_bodies, effects, events, logs, retention_later,
    runs, steps, waits,
};
use crate::error::StoreError;
use crate::writer::Tx;

/// So many effects are taken together.
const TOGETHER: usize = 1000;

/// Deletes `$rows` where `$column` is one of `$ids`.
macro_rules! delete {
    ($tx:expr, $table:ident, $column:ident in $ids:expr) => {
        $table::Entity::delete_many()
            .filter($table::Column::$column.is_in($ids.iter().copied()))
            .exec($tx.db)
            .await?
    };
}

/// Gives up these events with all that belongs to them.
pub(super) async fn forget(tx: &Tx<'_>, of: &[Uuid], of_runs: &[Uuid]) -> Result<(), StoreError> {
    if of.is_empty() {
        return Ok(());
    }
    for ids in effects_of(tx, of, of_runs).await?.chunks(TOGETHER) {
        forget_effects(tx, ids).await?;
    }
    delete!(tx, claims, RunId in of_runs);
    delete!(tx, steps, RunId in of_runs);
    delete!(tx, logs, RunId in of_runs);
    delete!(tx, waits, RunId in of_runs);
    delete!(tx, runs, Id in of_runs);
    delete!(tx, confirmations, EventId in of);
    delete!(tx, events, Id in of);
    delete!(tx, retention_later, EventId in of);
    Ok(())
}

/// Gives up these effects.
pub(super) async fn forget_effects(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    delete!(tx, effect_attempts, EffectId in ids);
    delete!(tx, effect_bodies, EffectId in ids);
    delete!(tx, effects, Id in ids);
    Ok(())
}
