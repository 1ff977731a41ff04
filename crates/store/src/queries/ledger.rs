//! Rows of the ledger with their attempts.

use std::collections::HashMap;

use cuebook_core::effect::Effect;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entities::{effect_attempts, effects};
use crate::error::StoreError;
use crate::reading::effect_shown;

/// The effects of the rows, in their order.
pub(super) async fn with_attempts(
    db: &impl ConnectionTrait,
    rows: Vec<effects::Model>,
) -> Result<Vec<Effect>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let tried = effect_attempts::Entity::find()
        .filter(effect_attempts::Column::EffectId.is_in(rows.iter().map(|row| row.id)))
        .order_by_asc(effect_attempts::Column::EffectId)
        .order_by_asc(effect_attempts::Column::Number)
        .all(db)
        .await?;
    let mut attempts: HashMap<Uuid, Vec<effect_attempts::Model>> = HashMap::new();
    for row in tried {
        attempts.entry(row.effect_id).or_default().push(row);
    }
    rows.into_iter()
        .map(|row| {
            let tried = attempts.remove(&row.id).unwrap_or_default();
            effect_shown(row, tried)
        })
        .collect()
}
