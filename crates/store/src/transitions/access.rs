//! Hook tokens and API keys: added, and marked as used. Only hashes are stored.

use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::{Account, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};

use super::hook_token::picture_of_token;
use crate::audit::{Change, Target};
use crate::entities::{api_keys, hook_tokens};
use crate::error::StoreError;
use crate::queries::token_id;
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
        self.change(token).await?;
        self.refresh_hook_tokens().await
    }

    /// Stores an API key. One with the same id gets the new hash, name, scopes and end; a revoked one stays revoked unless
    /// its text is another one.
    pub async fn add_api_key(&self, key: NewApiKey) -> Result<(), StoreError> {
        self.change(key).await
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
                retired_by: None,
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
            let row = key.row(tx.now_micros());
            api_keys::Entity::update_many()
                .col_expr(api_keys::Column::RevokedAt, Expr::value(None::<i64>))
                .filter(api_keys::Column::Id.eq(row.id.as_str()))
                .filter(api_keys::Column::Hash.ne(row.hash.as_str()))
                .exec(tx.db)
                .await?;
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

impl NewApiKey {
    pub(super) fn row(&self, now: i64) -> api_keys::Model {
        api_keys::Model {
            id: self.id.clone(),
            name: self.name.clone(),
            hash: hex::encode(self.hash),
            scopes: self.scopes.join(" "),
            created_at: now,
            expires_at: self.expires_at.map(to_micros),
            last_used_at: None,
            revoked_at: None,
        }
    }
}

impl Change for NewApiKey {
    fn target(&self) -> Target {
        Target::new("key", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture_of_key(tx, &self.id).await
    }
}

impl Change for NewHookToken {
    fn target(&self) -> Target {
        Target::new("hook_token", &token_id(&hex::encode(self.hash)))
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let row = hook_tokens::Entity::find_by_id(hex::encode(self.hash))
            .one(tx.db)
            .await?;
        Ok(row.map(|row| picture_of_token(&row)))
    }
}

/// What the audit log shows of a key. Of its text no more than is needed to tell it from another.
pub(super) async fn picture_of_key(tx: &Tx<'_>, id: &str) -> Result<Option<Json>, StoreError> {
    let row = api_keys::Entity::find_by_id(id).one(tx.db).await?;
    Ok(row.map(|row| {
        json!({
            "name": row.name,
            "scopes": row.scopes.split(' ').collect::<Vec<_>>(),
            "expires_at": row.expires_at.map(from_micros),
            "revoked_at": row.revoked_at.map(from_micros),
            "text": row.hash.get(..8),
        })
    }))
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
