//! Hook tokens and API keys: added, and marked as used. Only hashes are stored.

use cuebook_core::clock::to_micros;
use cuebook_core::{Account, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::entities::{api_keys, hook_tokens};
use crate::error::StoreError;
use crate::statements::{insert_missing, insert_or};
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// An API key to be stored.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends; never by itself if `None`.
    pub expires_at: Option<Timestamp>,
}

/// A hook token to be stored.
pub(crate) struct NewHookToken {
    name: String,
    account: Account,
    hash: [u8; 32],
}

/// A token or key was used.
pub(crate) enum Touch {
    HookToken { hash: [u8; 32], at: Timestamp },
    ApiKey { id: String, at: Timestamp },
}

impl Store {
    /// Stores a hook token by its hash; nothing changes if it is there.
    pub async fn add_hook_token(
        &self,
        name: &str,
        account: &Account,
        hash: [u8; 32],
    ) -> Result<(), StoreError> {
        let token = NewHookToken {
            name: name.to_owned(),
            account: account.clone(),
            hash,
        };
        self.inner.writer.submit(token).await?;
        self.refresh_hook_tokens().await
    }

    /// Stores an API key. One with the same id gets the new hash, name, scopes and end; a revoked one stays revoked.
    pub async fn add_api_key(&self, key: NewApiKey) -> Result<(), StoreError> {
        self.inner.writer.submit(key).await
    }
}

impl Transition for NewHookToken {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let rows = batch
            .iter()
            .map(|token| hook_tokens::Model {
                hash: hex::encode(token.hash),
                account: token.account.0.clone(),
                name: token.name.clone(),
                created_at: tx.now_micros(),
                retired_at: None,
                last_used_at: None,
            })
            .collect();
        insert_missing(tx, rows).await?;
        tx.ready.access();
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Transition for NewApiKey {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        // One by one, since a later one with the same id replaces an earlier one. Keys are rare.
        for key in batch {
            let row = api_keys::Model {
                id: key.id.clone(),
                name: key.name.clone(),
                hash: hex::encode(key.hash),
                scopes: key.scopes.join(" "),
                created_at: tx.now_micros(),
                expires_at: key.expires_at.map(to_micros),
                last_used_at: None,
                revoked_at: None,
            };
            let conflict = OnConflict::column(api_keys::Column::Id)
                .update_columns([
                    api_keys::Column::Name,
                    api_keys::Column::Hash,
                    api_keys::Column::Scopes,
                    api_keys::Column::ExpiresAt,
                ])
                .to_owned();
            insert_or(tx, vec![row], conflict).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Transition for Touch {
    type Output = ();
    const ORDER: Order = Order::Admin;
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        // At most one a minute for each token and key.
        for touch in batch {
            match touch {
                Self::HookToken { hash, at } => {
                    hook_tokens::Entity::update_many()
                        .col_expr(hook_tokens::Column::LastUsedAt, Expr::value(to_micros(*at)))
                        .filter(hook_tokens::Column::Hash.eq(hex::encode(hash)))
                        .exec(tx.db)
                        .await?;
                }
                Self::ApiKey { id, at } => {
                    api_keys::Entity::update_many()
                        .col_expr(api_keys::Column::LastUsedAt, Expr::value(to_micros(*at)))
                        .filter(api_keys::Column::Id.eq(id.as_str()))
                        .exec(tx.db)
                        .await?;
                }
            }
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
