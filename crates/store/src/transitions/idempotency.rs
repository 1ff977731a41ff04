//! Requests that a client may repeat: the first with its key is carried out, and its answer is kept for a day for those
//! that come after it.
//!
//! A place is taken before the request is carried out and the answer put there afterwards. If the process dies in between,
//! nobody can know whether it was carried out: that is what is answered from then on, until the day is over.

use chrono::TimeDelta;
use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::secret::SecretText;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entities::idempotency_keys;
use crate::error::StoreError;
use crate::secrets::{Sealed, SecretKey, seal, unseal};
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// A request that has no answer after so long has lost its process.
const CUT_OFF: TimeDelta = TimeDelta::seconds(60);
/// What answers are sealed as.
const NAMESPACE: &str = "idempotency";

/// A request that may come again.
#[derive(Debug, Clone)]
pub struct RepeatableRequest {
    /// The key of the API that asks.
    pub caller: String,
    /// What the client calls the request.
    pub key: String,
    /// All that it says: method, address, body.
    pub content: Vec<Vec<u8>>,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

/// What is known of a request that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestBegun {
    /// It is the first; it is to be carried out.
    First,
    /// The first is being carried out.
    UnderWay,
    /// The first was cut off: nobody can know whether it was carried out.
    CutOff,
    /// The first came with another content.
    Other,
    /// This was answered to the first.
    Answered(KeptAnswer),
}

/// A request to take a place.
pub(crate) struct Begin {
    caller: String,
    key_hash: String,
    fingerprint: String,
}

/// A request to put an answer there, or to give the place back.
pub(crate) struct End {
    caller: String,
    key_hash: String,
    answer: Option<(u16, Sealed)>,
}

impl Store {
    /// Takes a place for a request, or says what became of the first one with its key.
    pub async fn begin_request(
        &self,
        request: &RepeatableRequest,
    ) -> Result<RequestBegun, StoreError> {
        let key_hash = hash_of(&request.key);
        let begin = Begin {
            caller: request.caller.clone(),
            key_hash: key_hash.clone(),
            fingerprint: self.fingerprint(request),
        };
        let fingerprint = begin.fingerprint.clone();
        let Some(found) = self.inner.writer.submit(begin).await? else {
            return Ok(RequestBegun::First);
        };
        if found.fingerprint != fingerprint {
            return Ok(RequestBegun::Other);
        }
        let begun_at = found.begun_at;
        if let Some(text) = open_answer(&self.inner.secret_key, found)? {
            let answer = serde_json::from_str(text.reveal())
                .map_err(|error| StoreError::unreadable("answer", error.to_string()))?;
            return Ok(RequestBegun::Answered(answer));
        }
        let age = self.inner.clock.now() - from_micros(begun_at);
        Ok(if age < CUT_OFF {
            RequestBegun::UnderWay
        } else {
            RequestBegun::CutOff
        })
    }

    /// Keeps the answer to a request that was the first.
    pub async fn answer_request(
        &self,
        request: &RepeatableRequest,
        answer: &KeptAnswer,
    ) -> Result<(), StoreError> {
        let key_hash = hash_of(&request.key);
        let text = serde_json::to_string(answer)
            .map_err(|error| StoreError::Invalid(format!("an answer cannot be kept: {error}")))?;
        let sealed = seal(
            &self.inner.secret_key,
            &*self.inner.chance,
            NAMESPACE,
            &format!("{}/{key_hash}", request.caller),
            &SecretText::new(text),
        )?;
        let end = End {
            caller: request.caller.clone(),
            key_hash,
            answer: Some((answer.status, sealed)),
        };
        self.inner.writer.submit(end).await
    }

    /// Gives the place of a request back that was not carried out: the next one with its key is the first.
    pub async fn forget_request(&self, request: &RepeatableRequest) -> Result<(), StoreError> {
        let end = End {
            caller: request.caller.clone(),
            key_hash: hash_of(&request.key),
            answer: None,
        };
        self.inner.writer.submit(end).await
    }

    /// What tells one content from another, and nothing of it to whoever has no secret key.
    fn fingerprint(&self, request: &RepeatableRequest) -> String {
        let mut digest = Sha256::new();
        digest.update(self.inner.secret_key.bytes());
        for part in &request.content {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }
}

impl Transition for Begin {
    type Output = Option<idempotency_keys::Model>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Self::Output> {
        let old = to_micros(tx.now - KEPT);
        idempotency_keys::Entity::delete_many()
            .filter(idempotency_keys::Column::BegunAt.lte(old))
            .exec(tx.db)
            .await?;
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(begin(tx, request).await?));
        }
        Ok(results)
    }
}

impl Transition for End {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            end(tx, request).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// The answer of a row, opened; `None` where there is none.
pub(crate) fn open_answer(
    key: &SecretKey,
    row: idempotency_keys::Model,
) -> Result<Option<SecretText>, StoreError> {
    let (Some(nonce), Some(bytes)) = (row.nonce, row.sealed) else {
        return Ok(None);
    };
    let name = format!("{}/{}", row.caller, row.key_hash);
    unseal(key, NAMESPACE, &name, &Sealed { nonce, bytes }).map(Some)
}

async fn begin(
    tx: &Tx<'_>,
    request: &Begin,
) -> Result<Option<idempotency_keys::Model>, StoreError> {
    let row = idempotency_keys::Model {
        caller: request.caller.clone(),
        key_hash: request.key_hash.clone(),
        fingerprint: request.fingerprint.clone(),
        begun_at: tx.now_micros(),
        status: None,
        nonce: None,
        sealed: None,
    };
    let taken = idempotency_keys::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.db)
        .await?;
    if taken > 0 {
        return Ok(None);
    }
    let place = (request.caller.clone(), request.key_hash.clone());
    Ok(idempotency_keys::Entity::find_by_id(place)
        .one(tx.db)
        .await?)
}

async fn end(tx: &Tx<'_>, request: &End) -> Result<(), StoreError> {
    use idempotency_keys::Column;
    let caller = Column::Caller.eq(request.caller.as_str());
    let key = Column::KeyHash.eq(request.key_hash.as_str());
    let Some((status, sealed)) = &request.answer else {
        idempotency_keys::Entity::delete_many()
            .filter(caller)
            .filter(key)
            .exec(tx.db)
            .await?;
        return Ok(());
    };
    idempotency_keys::Entity::update_many()
        .col_expr(Column::Status, Expr::value(i32::from(*status)))
        .col_expr(Column::Nonce, Expr::value(sealed.nonce.clone()))
        .col_expr(Column::Sealed, Expr::value(sealed.bytes.clone()))
        .filter(caller)
        .filter(key)
        .exec(tx.db)
        .await?;
    Ok(())
}

fn hash_of(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}
