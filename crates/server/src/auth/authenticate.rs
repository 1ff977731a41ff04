//! From the header `Authorization` to the holder of a key.

use cuebook_core::Timestamp;
use cuebook_store::{ApiKeyRow, Store, StoreError};
use poem::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

use super::{Caller, Scope};
use crate::keys::{self, CONFIGURED_ID, OfferedKey};
use crate::problem::{Code, Problem, store_problem};

/// Finds the holder of the key in `headers`, as it stands at `now`.
pub(crate) async fn authenticate(
    store: &Store,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Caller, Problem> {
    let text = bearer(headers)
        .ok_or_else(|| Problem::new(Code::MissingKey, "the request has no bearer key"))?;
    let unknown = || Problem::new(Code::InvalidKey, "no key has this text");
    let offered = keys::parse(text).ok_or_else(unknown)?;
    let row = find(store, &offered)
        .await
        .map_err(|error| store_problem(&error))?
        .ok_or_else(unknown)?;
    if row.revoked_at.is_some() {
        return Err(Problem::new(Code::RevokedKey, "the key was revoked"));
    }
    if row.expires_at.is_some_and(|at| at <= now) {
        return Err(Problem::new(Code::ExpiredKey, "the key's time is over"));
    }
    let scopes = row
        .scopes
        .iter()
        .filter_map(|word| Scope::from_word(word))
        .collect();
    store.touch_api_key(&row);
    Ok(Caller::new(row.id, scopes))
}

/// The row whose hash is that of the offered key: by its id, else the key of the configuration, which may be of any form.
async fn find(store: &Store, offered: &OfferedKey) -> Result<Option<ApiKeyRow>, StoreError> {
    for id in [offered.id.as_str(), CONFIGURED_ID] {
        let row = store.find_api_key(id).await?;
        let matching = row.filter(|row| bool::from(row.hash.ct_eq(&offered.hash)));
        if matching.is_some() {
            return Ok(matching);
        }
        if offered.id == CONFIGURED_ID {
            break;
        }
    }
    Ok(None)
}

/// The key in `Authorization: Bearer <key>`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}
