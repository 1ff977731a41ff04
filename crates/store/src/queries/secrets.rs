//! Secrets: opened for those who need them, and otherwise names only.

use std::collections::HashMap;

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use cuebook_core::secret::SecretText;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::secrets;
use crate::error::StoreError;
use crate::secrets::{SCRIPT_NAMESPACE, Sealed, unseal};
use crate::store::Store;

/// A secret without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Its name.
    pub name: String,
    /// When it was last stored.
    pub updated_at: Timestamp,
}

impl Store {
    /// The text of a secret.
    pub async fn get_secret(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<SecretText>, StoreError> {
        let row = secrets::Entity::find_by_id((namespace.to_owned(), name.to_owned()))
            .one(self.readers())
            .await?;
        row.map(|row| self.open_secret(row)).transpose()
    }

    /// The names of a namespace's secrets.
    pub async fn list_secrets(&self, namespace: &str) -> Result<Vec<SecretRow>, StoreError> {
        let rows: Vec<(String, i64)> = secrets::Entity::find()
            .select_only()
            .columns([secrets::Column::Name, secrets::Column::UpdatedAt])
            .filter(secrets::Column::Namespace.eq(namespace))
            .order_by_asc(secrets::Column::Name)
            .into_tuple()
            .all(self.readers())
            .await?;
        Ok(rows
            .into_iter()
            .map(|(name, updated_at)| SecretRow {
                name,
                updated_at: from_micros(updated_at),
            })
            .collect())
    }

    /// Refuses a key other than the one that sealed what is stored.
    pub(crate) async fn check_secret_key(&self) -> Result<(), StoreError> {
        let given = self.inner.secret_key.id();
        let other: Option<String> = secrets::Entity::find()
            .select_only()
            .column(secrets::Column::KeyId)
            .filter(secrets::Column::KeyId.ne(given.as_str()))
            .into_tuple()
            .one(self.readers())
            .await?;
        match other {
            Some(stored) => Err(StoreError::OtherSecretKey { stored, given }),
            None => Ok(()),
        }
    }

    /// Reads the secrets of scripts into memory.
    pub(crate) async fn refresh_script_secrets(&self) -> Result<(), StoreError> {
        let rows = secrets::Entity::find()
            .filter(secrets::Column::Namespace.eq(SCRIPT_NAMESPACE))
            .all(self.readers())
            .await?;
        let mut texts = HashMap::new();
        for row in rows {
            texts.insert(row.name.clone(), self.open_secret(row)?);
        }
        self.inner.script_secrets.replace(texts);
        Ok(())
    }

    /// The text of a row.
    pub(super) fn open_secret(&self, row: secrets::Model) -> Result<SecretText, StoreError> {
        let sealed = Sealed {
            nonce: row.nonce,
            bytes: row.sealed,
        };
        unseal(&self.inner.secret_key, &row.namespace, &row.name, &sealed)
    }
}
