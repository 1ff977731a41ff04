//! Stores and deletes secrets, sealed before they come here.

use cuebook_core::clock::from_micros;
use cuebook_core::secret::SecretText;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};

use crate::audit::{Change, Target};
use crate::entities::secrets;
use crate::error::StoreError;
use crate::secrets::{SCRIPT_NAMESPACE, Sealed, seal};
use crate::statements::insert_or;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A change to a secret.
pub(crate) struct ChangeSecret {
    namespace: String,
    name: String,
    key_id: String,
    /// What it becomes; `None` deletes it.
    sealed: Option<Sealed>,
}

impl ChangeSecret {
    /// Stores what was sealed for this place by the key with this id.
    pub(super) fn put(namespace: &str, name: &str, key_id: String, sealed: Sealed) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            key_id,
            sealed: Some(sealed),
        }
    }
}

impl Store {
    /// Stores a secret, in the place of one with the same name.
    pub async fn put_secret(
        &self,
        namespace: &str,
        name: &str,
        text: &SecretText,
    ) -> Result<(), StoreError> {
        let key = &self.inner.secret_key;
        let sealed = seal(key, &*self.inner.chance, namespace, name, text)?;
        self.change_secret(namespace, name, Some(sealed)).await
    }

    /// Deletes a secret; nothing changes if there is none.
    pub async fn delete_secret(&self, namespace: &str, name: &str) -> Result<(), StoreError> {
        self.change_secret(namespace, name, None).await
    }

    async fn change_secret(
        &self,
        namespace: &str,
        name: &str,
        sealed: Option<Sealed>,
    ) -> Result<(), StoreError> {
        let change = ChangeSecret {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            key_id: self.inner.secret_key.id(),
            sealed,
        };
        self.change(change).await?;
        if namespace == SCRIPT_NAMESPACE {
            self.refresh_script_secrets().await?;
        }
        Ok(())
    }
}

impl Transition for ChangeSecret {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        // One by one, since a later change undoes an earlier one. Secrets change rarely.
        for change in batch {
            apply_one(change, tx).await?;
            if change.namespace == SCRIPT_NAMESPACE {
                tx.ready.access();
            }
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for ChangeSecret {
    fn target(&self) -> Target {
        Target::new("secret", &format!("{}/{}", self.namespace, self.name))
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = secrets::Entity::find_by_id((self.namespace.clone(), self.name.clone()))
            .one(tx.db)
            .await?;
        Ok(row.map(|row| json!({"updated_at": from_micros(row.updated_at)})))
    }
}

/// Carries out one change.
pub(super) async fn apply_one(change: &ChangeSecret, tx: &Tx<'_>) -> Result<(), StoreError> {
    let Some(sealed) = &change.sealed else {
        secrets::Entity::delete_many()
            .filter(secrets::Column::Namespace.eq(change.namespace.as_str()))
            .filter(secrets::Column::Name.eq(change.name.as_str()))
            .exec(tx.db)
            .await?;
        return Ok(());
    };
    let row = secrets::Model {
        namespace: change.namespace.clone(),
        name: change.name.clone(),
        key_id: change.key_id.clone(),
        nonce: sealed.nonce.clone(),
        sealed: sealed.bytes.clone(),
        updated_at: tx.now_micros(),
    };
    let conflict = OnConflict::columns([secrets::Column::Namespace, secrets::Column::Name])
        .update_columns([
            secrets::Column::KeyId,
            secrets::Column::Nonce,
            secrets::Column::Sealed,
            secrets::Column::UpdatedAt,
        ])
        .to_owned();
    insert_or(tx, vec![row], conflict).await
}
