//! Hook tokens and API keys.

use cuebook_core::clock::from_micros;
use cuebook_core::{Account, Timestamp};
use sea_orm::EntityTrait;

use crate::entities::{api_keys, hook_tokens};
use crate::error::StoreError;
use crate::hook_tokens::Known;
use crate::store::Store;
use crate::transitions::Touch;

/// A key's use is written down when the last one that was lies this many seconds back.
const TOUCH_EVERY: i64 = 60;

/// A hook token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookToken {
    /// Whose events come by it.
    pub account: Account,
    /// What it is called.
    pub name: String,
    /// Whether it is no longer good.
    pub retired: bool,
    /// When it was used before, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// SHA-256 of its text: to be compared in constant time.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was used before, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Store {
    /// The hook token with this hash, retired or not. Answered from memory.
    pub async fn find_hook_token(&self, hash: &[u8; 32]) -> Result<Option<HookToken>, StoreError> {
        let now = self.inner.clock.now();
        let mut found = self.inner.hook_tokens.find(hash, now);
        if found.is_none() && self.is_shared() {
            // Another process may have added it.
            self.refresh_hook_tokens().await?;
            found = self.inner.hook_tokens.find(hash, now);
        }
        let Some(found) = found else {
            return Ok(None);
        };
        if found.touch {
            let touch = Touch::HookToken {
                hash: *hash,
                at: now,
            };
            self.inner.writer.submit_if_idle(touch);
        }
        Ok(Some(found.token))
    }

    /// The API key with this id, whatever its state. That it was found counts as its use.
    pub async fn find_api_key(&self, id: &str) -> Result<Option<ApiKeyRow>, StoreError> {
        let row = api_keys::Entity::find_by_id(id.to_owned())
            .one(self.readers())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let now = self.inner.clock.now();
        let key = api_key_of(row)?;
        let recent = |used: Timestamp| (now - used).num_seconds() < TOUCH_EVERY;
        if !key.last_used_at.is_some_and(recent) {
            self.inner.writer.submit_if_idle(Touch::ApiKey {
                id: id.to_owned(),
                at: now,
            });
        }
        Ok(Some(key))
    }

    /// Reads the hook tokens into memory.
    pub(crate) async fn refresh_hook_tokens(&self) -> Result<(), StoreError> {
        let rows = hook_tokens::Entity::find().all(self.readers()).await?;
        let known: Result<Vec<Known>, StoreError> = rows.into_iter().map(known).collect();
        self.inner.hook_tokens.replace(known?);
        Ok(())
    }
}

fn known(row: hook_tokens::Model) -> Result<Known, StoreError> {
    let last_used_at = row.last_used_at.map(from_micros);
    Ok(Known {
        hash: hash(&row.hash)?,
        touched_at: last_used_at,
        token: HookToken {
            account: Account(row.account),
            name: row.name,
            retired: row.retired_at.is_some(),
            last_used_at,
        },
    })
}

fn api_key_of(row: api_keys::Model) -> Result<ApiKeyRow, StoreError> {
    Ok(ApiKeyRow {
        hash: hash(&row.hash)?,
        id: row.id,
        name: row.name,
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        created_at: from_micros(row.created_at),
        expires_at: row.expires_at.map(from_micros),
        last_used_at: row.last_used_at.map(from_micros),
        revoked_at: row.revoked_at.map(from_micros),
    })
}

fn hash(text: &str) -> Result<[u8; 32], StoreError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|error| StoreError::unreadable("hash", error.to_string()))?;
    Ok(bytes)
}
