//! The secrets of scripts, as they are now.

use std::collections::HashMap;
use std::sync::Arc;

use cuebook_core::secret::SecretLookup;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::open::Archive;
use crate::entities::secrets;
use crate::error::StoreError;
use crate::secrets::{SCRIPT_NAMESPACE, ScriptSecrets, Sealed, SecretKey, unseal};

impl Archive {
    /// The secrets that scripts name, opened with the key that sealed them.
    pub async fn script_secrets(
        &self,
        key: &SecretKey,
    ) -> Result<Arc<dyn SecretLookup>, StoreError> {
        let rows = secrets::Entity::find()
            .filter(secrets::Column::Namespace.eq(SCRIPT_NAMESPACE))
            .all(&self.readers)
            .await?;
        let mut texts = HashMap::with_capacity(rows.len());
        for row in rows {
            let sealed = Sealed {
                nonce: row.nonce,
                bytes: row.sealed,
            };
            let text = unseal(key, &row.namespace, &row.name, &sealed)?;
            texts.insert(row.name, text);
        }
        let known = ScriptSecrets::default();
        known.replace(texts);
        Ok(Arc::new(known))
    }
}
