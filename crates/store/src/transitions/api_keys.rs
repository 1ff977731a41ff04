//! API keys, as an administrator decides about them: made, rotated with a time in which both are good, revoked.
//!
//! If the process dies before the commit, all keys are as they were; a key that was made and not stored lets nobody in.

use cuebook_core::Timestamp;
use cuebook_core::clock::to_micros;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::Value as Json;

use super::access::{NewApiKey, picture_of_key};
use crate::audit::{Change, Target};
use crate::entities::api_keys;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// The scope that lets decide about keys.
const ADMIN: &str = "admin";

/// What came of a decision about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOperated {
    /// It was carried out, or was so already.
    Done,
    /// There is no such key.
    NoSuch,
    /// The key has been revoked, or its time is over.
    Ended,
    /// No other key could decide about keys from then on.
    LastAdmin,
}

/// A request to revoke a key.
pub(crate) struct RevokeApiKey(String);

/// A request to put a new key in the place of one that ends.
pub(crate) struct RotateApiKey {
    former: String,
    until: Timestamp,
    id: String,
    hash: [u8; 32],
    expires_at: Option<Timestamp>,
}

impl Store {
    /// Revokes a key at once and for good.
    pub async fn revoke_api_key(&self, id: &str) -> Result<KeyOperated, StoreError> {
        self.change(RevokeApiKey(id.to_owned())).await
    }

    /// Stores a key with the name and scopes of `former`, which is good until `until` and no longer than before.
    pub async fn rotate_api_key(
        &self,
        former: &str,
        until: Timestamp,
        (id, hash): (String, [u8; 32]),
        expires_at: Option<Timestamp>,
    ) -> Result<KeyOperated, StoreError> {
        let rotate = RotateApiKey {
            former: former.to_owned(),
            until,
            id,
            hash,
            expires_at,
        };
        self.change(rotate).await
    }
}

impl Transition for RevokeApiKey {
    type Output = KeyOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<KeyOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(revoke(tx, &request.0).await?));
        }
        Ok(results)
    }
}

impl Change for RevokeApiKey {
    fn target(&self) -> Target {
        Target::new("key", &self.0)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture_of_key(tx, &self.0).await
    }
}

impl Transition for RotateApiKey {
    type Output = KeyOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<KeyOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(rotate(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for RotateApiKey {
    fn target(&self) -> Target {
        Target::new("key", &self.former)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        let Some(mut picture) = picture_of_key(tx, &self.former).await? else {
            return Ok(None);
        };
        if picture_of_key(tx, &self.id).await?.is_some() {
            picture["replaced_by"] = Json::from(self.id.as_str());
        }
        Ok(Some(picture))
    }
}

async fn revoke(tx: &Tx<'_>, id: &str) -> Result<KeyOperated, StoreError> {
    let keys = alive(tx).await?;
    let Some(key) = keys.iter().find(|key| key.id == id) else {
        let known = api_keys::Entity::find_by_id(id).one(tx.db).await?;
        let Some(ended) = known else {
            return Ok(KeyOperated::NoSuch);
        };
        // One whose time is over cannot come back, but it shall be seen that it was revoked.
        if ended.revoked_at.is_none() {
            set_revoked(tx, id).await?;
        }
        return Ok(KeyOperated::Done);
    };
    // One that ends by itself does not count: the door would be shut then.
    let stays = |other: &&api_keys::Model| other.id != id && other.expires_at.is_none();
    if is_admin(key) && !keys.iter().filter(stays).any(is_admin) {
        return Ok(KeyOperated::LastAdmin);
    }
    set_revoked(tx, id).await?;
    Ok(KeyOperated::Done)
}

fn is_admin(key: &api_keys::Model) -> bool {
    key.scopes.split(' ').any(|scope| scope == ADMIN)
}

async fn set_revoked(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    api_keys::Entity::update_many()
        .col_expr(api_keys::Column::RevokedAt, Expr::value(tx.now_micros()))
        .filter(api_keys::Column::Id.eq(id))
        .exec(tx.db)
        .await?;
    Ok(())
}

async fn rotate(tx: &Tx<'_>, request: &RotateApiKey) -> Result<KeyOperated, StoreError> {
    let former = api_keys::Entity::find_by_id(request.former.as_str())
        .one(tx.db)
        .await?;
    let Some(former) = former else {
        return Ok(KeyOperated::NoSuch);
    };
    let now = tx.now_micros();
    if former.revoked_at.is_some() || former.expires_at.is_some_and(|at| at <= now) {
        return Ok(KeyOperated::Ended);
    }
    if request.expires_at.is_some() && former.expires_at.is_none() && is_admin(&former) {
        let keys = alive(tx).await?;
        let stays = |other: &&api_keys::Model| other.id != former.id && other.expires_at.is_none();
        if !keys.iter().filter(stays).any(is_admin) {
            return Ok(KeyOperated::LastAdmin);
        }
    }
    let key = NewApiKey {
        id: request.id.clone(),
        name: former.name,
        hash: request.hash,
        scopes: former.scopes.split(' ').map(str::to_owned).collect(),
        expires_at: request.expires_at,
    };
    insert_all(tx, vec![key.row(now)]).await?;
    let until = to_micros(request.until);
    let until = former.expires_at.map_or(until, |before| before.min(until));
    api_keys::Entity::update_many()
        .col_expr(api_keys::Column::ExpiresAt, Expr::value(until))
        .filter(api_keys::Column::Id.eq(former.id))
        .exec(tx.db)
        .await?;
    Ok(KeyOperated::Done)
}

/// The keys that are good now, locked where others may decide at the same time.
async fn alive(tx: &Tx<'_>) -> Result<Vec<api_keys::Model>, StoreError> {
    let mut select = api_keys::Entity::find().filter(api_keys::Column::RevokedAt.is_null());
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let now = tx.now_micros();
    let mut keys = select.all(tx.db).await?;
    keys.retain(|key| key.expires_at.is_none_or(|at| at > now));
    Ok(keys)
}
