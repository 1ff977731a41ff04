//! What the audit log shows of the things that several changes are about.

use cuebook_core::{EffectId, RunId};
use sea_orm::EntityTrait;
use serde_json::{Value as Json, json};

use crate::entities::{effects, runs};
use crate::error::StoreError;
use crate::writer::Tx;

/// A run: where it stands. Its reason is left out, which may quote customers' data.
pub(crate) async fn of_run(tx: &Tx<'_>, id: RunId) -> Result<Option<Json>, StoreError> {
    let row = runs::Entity::find_by_id(id.0).one(tx.db).await?;
    Ok(row.map(|row| {
        json!({
            "state": row.state,
            "rule": row.rule,
            "rule_version": row.rule_version,
            "generation": row.generation,
        })
    }))
}

/// An effect: where it stands. Its target is left out, which is a person's address.
pub(crate) async fn of_effect(tx: &Tx<'_>, id: EffectId) -> Result<Option<Json>, StoreError> {
    let row = effects::Entity::find_by_id(id.0).one(tx.db).await?;
    Ok(row.map(|row| json!({"state": row.state, "kind": row.kind, "run_id": row.run_id})))
}
