//! What rules remember.

use cuebook_core::Value;
use cuebook_core::state::StateKey;
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::entities::state;
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// The value under `key`, as the segments that have ended left it.
    pub async fn read_state(&self, key: &StateKey) -> Result<Option<Value>, StoreError> {
        value_of(self.readers(), key).await
    }
}

/// The value under `key`.
pub(crate) async fn value_of(
    db: &impl ConnectionTrait,
    key: &StateKey,
) -> Result<Option<Value>, StoreError> {
    let row = state::Entity::find_by_id(columns(key)).one(db).await?;
    row.map(|row| match (row.number, row.value) {
        (Some(number), _) => Ok(Value::Int(number)),
        (None, json) => serde_json::from_slice(&json.unwrap_or_default())
            .map_err(|error| StoreError::unreadable("remembered value", error.to_string())),
    })
    .transpose()
}

/// The columns that are the primary key: account, scope, rule, subject, whether it is captured, key.
pub(crate) fn columns(key: &StateKey) -> (String, String, String, String, bool, String) {
    (
        key.account.to_string(),
        key.scope.to_string(),
        key.rule
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        key.subject
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        key.captured,
        key.key.clone(),
    )
}
