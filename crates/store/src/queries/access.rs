//! Hook tokens and API keys.

use chrono::TimeDelta;
use cuebook_core::clock::from_micros;
use cuebook_core::{Account, Timestamp};
use sea_orm::{EntityTrait, QueryOrder};

use crate::entities::{api_keys, hook_tokens};
use crate::error::StoreError;
use crate::hook_tokens::Known;
use crate::store::Store;
use crate::transitions::Touch;

/// A key's use is written down when the last one that was lies so far back.
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);
/// How many hex digits of its hash name a hook token.
const TOKEN_ID: usize = 16;
/// How often an unknown token may have the database looked at.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(1);

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

/// A hook token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookTokenRow {
    /// What names it without telling it: the first digits of its hash.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is no longer good.
    pub retired_at: Option<Timestamp>,
}

impl HookTokenRow {
    /// The id of the token with this hash.
    pub fn id_of(hash: &[u8; 32]) -> String {
        token_id(&hex::encode(hash)).to_owned()
    }
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
    /// The hook token with this hash, retired or not, as far as it is known in memory. Costs no look into the database.
    pub fn known_hook_token(&self, hash: &[u8; 32]) -> Option<HookToken> {
        let now = self.inner.clock.now();
        let found = self.inner.hook_tokens.find(hash, now)?;
        if found.touch {
            let touch = Touch::HookToken {
                hash: *hash,
                at: now,
            };
            self.inner.writer.submit_if_idle(touch);
        }
        Some(found.token)
    }

    /// The hook token with this hash, retired or not. Answered from memory; what is not known there is looked for in a
    /// database that others write to as well, at most once a second for all who ask.
    pub async fn find_hook_token(&self, hash: &[u8; 32]) -> Result<Option<HookToken>, StoreError> {
        let found = self.known_hook_token(hash);
        if found.is_some() || !self.is_shared() {
            return Ok(found);
        }
        // Who asks meanwhile waits for the same look.
        let mut looked_at = self.inner.hook_tokens.looked_at.lock().await;
        let now = self.inner.clock.now();
        if looked_at.is_none_or(|at| (now - at).abs() >= LOOK_EVERY) {
            self.refresh_hook_tokens().await?;
            *looked_at = Some(now);
        }
        drop(looked_at);
        Ok(self.known_hook_token(hash))
    }

    /// All hook tokens, newest first.
    pub async fn list_hook_tokens(&self) -> Result<Vec<HookTokenRow>, StoreError> {
        let rows = hook_tokens::Entity::find()
            .order_by_desc(hook_tokens::Column::CreatedAt)
            .order_by_desc(hook_tokens::Column::Hash)
            .all(self.readers())
            .await?;
        Ok(rows.into_iter().map(token_row).collect())
    }

    /// All API keys, newest first.
    pub async fn list_api_keys(&self) -> Result<Vec<ApiKeyRow>, StoreError> {
        let rows = api_keys::Entity::find()
            .order_by_desc(api_keys::Column::CreatedAt)
            .order_by_desc(api_keys::Column::Id)
            .all(self.readers())
            .await?;
        rows.into_iter().map(api_key_of).collect()
    }

    /// The API key with this id, whatever its state.
    pub async fn find_api_key(&self, id: &str) -> Result<Option<ApiKeyRow>, StoreError> {
        let row = api_keys::Entity::find_by_id(id.to_owned())
            .one(self.readers())
            .await?;
        row.map(api_key_of).transpose()
    }

    /// Notes that `key` was used: whoever offered it was found to hold it.
    pub fn touch_api_key(&self, key: &ApiKeyRow) {
        let now = self.inner.clock.now();
        let recent = |used: Timestamp| now - used < TOUCH_EVERY;
        if !key.last_used_at.is_some_and(recent) {
            self.inner.writer.submit_if_idle(Touch::ApiKey {
                id: key.id.clone(),
                at: now,
            });
        }
    }

    /// Reads the hook tokens into memory.
    pub(crate) async fn refresh_hook_tokens(&self) -> Result<(), StoreError> {
        let _reading = self.inner.hook_tokens.reading.lock().await;
        let rows = hook_tokens::Entity::find().all(self.readers()).await?;
        let known: Result<Vec<Known>, StoreError> = rows.into_iter().map(known).collect();
        self.inner.hook_tokens.replace(known?);
        Ok(())
    }
}

/// The id of a hook token, from the text of its hash.
pub(crate) fn token_id(hash: &str) -> &str {
    hash.get(..TOKEN_ID).unwrap_or(hash)
}

fn token_row(row: hook_tokens::Model) -> HookTokenRow {
    HookTokenRow {
        id: token_id(&row.hash).to_owned(),
        name: row.name,
        created_at: from_micros(row.created_at),
        last_used_at: row.last_used_at.map(from_micros),
        retired_at: row.retired_at.map(from_micros),
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
