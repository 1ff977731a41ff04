//! Making, rotating and revoking keys.

use std::sync::Arc;

use chrono::TimeDelta;
use cuebook_core::{Chance, Clock, Timestamp};
use cuebook_store::{KeyOperated, NewApiKey, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::view::{KeyBody, KeyRotation, Made, NewKey};
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Admin, Allowed};
use crate::keys::{self, CONFIGURED_ID};
use crate::problem::{Code, Refusals, Refused, refusals};

refusals! {
    /// `POST /keys`
    CreateRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /keys/{id}/rotate`
    RotateRefusals = [InvalidId, NotFound, WrongState, InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /keys/{id}/revoke`
    RevokeRefusals = [InvalidId, NotFound, WrongState];
}

/// The operations that change keys.
pub(crate) struct OperateKeysApi {
    /// Where they are.
    pub(crate) store: Store,
    /// By which they end.
    pub(crate) clock: Arc<dyn Clock>,
    /// What they are made of.
    pub(crate) chance: Arc<dyn Chance>,
}

#[OpenApi]
impl OperateKeysApi {
    /// Make a key
    ///
    /// Makes a key with a name and scopes of its own: `read` sees everything but mail addresses and secrets, `personal` sees
    /// these addresses too, `write` changes what rules and operators do, `admin` holds all of them and decides about keys,
    /// tokens and secrets. The text of the key is shown in this answer and never again.
    #[oai(
        path = "/keys",
        method = "post",
        operation_id = "create_key",
        tag = "Tag::Keys"
    )]
    async fn create_key(
        &self,
        key: Allowed<Admin>,
        /// The key to be made.
        body: Json<NewKey>,
    ) -> Result<Made, Refused<CreateRefusals>> {
        let NewKey {
            name,
            scopes,
            expires_at,
        } = body.0;
        let expires_at = self.end(expires_at)?;
        let scopes: Vec<String> = scopes
            .iter()
            .map(|scope| scope.0.as_str().to_owned())
            .collect();
        let made = keys::generate(&*self.chance);
        let new = NewApiKey {
            id: made.id.clone(),
            name: name.0.0,
            hash: made.hash,
            scopes: scopes.clone(),
            expires_at,
        };
        key.0.store(&self.store).add_api_key(new).await?;
        Ok(Made::new(&made, &scopes, expires_at))
    }

    /// Rotate a key
    ///
    /// Makes a key with the name and scopes of this one, which is good beside it for `overlap_seconds` and then ends. The
    /// text of the new key is shown in this answer and never again.
    #[oai(
        path = "/keys/:id/rotate",
        method = "post",
        operation_id = "rotate_key",
        tag = "Tag::Keys"
    )]
    async fn rotate_key(
        &self,
        key: Allowed<Admin>,
        /// The key's id.
        id: Path<Text<Plain>>,
        /// How.
        body: Given<KeyRotation>,
    ) -> Result<Made, Refused<RotateRefusals>> {
        let id = id.0.0.0;
        if id == CONFIGURED_ID {
            return Err(Refused::new(
                Code::WrongState,
                "this key comes from the configuration or the data folder: change `admin_key` there, or make another key",
            ));
        }
        let former = self.store.find_api_key(&id).await?;
        let former = former.ok_or_else(|| Refused::not_found("key"))?;
        let expires_at = self.end(body.0.expires_at)?;
        let until = self.clock.now() + TimeDelta::seconds(body.0.overlap_seconds.into());
        let made = keys::generate(&*self.chance);
        let new = (made.id.clone(), made.hash);
        let store = key.0.store(&self.store);
        match store.rotate_api_key(&id, until, new, expires_at).await? {
            KeyOperated::Done => Ok(Made::new(&made, &former.scopes, expires_at)),
            KeyOperated::NoSuch => Err(Refused::not_found("key")),
            KeyOperated::Ended => Err(Refused::new(
                Code::WrongState,
                "the key is over: make a new one instead",
            )),
            KeyOperated::LastAdmin => Err(Refused::new(
                Code::WrongState,
                "no other key without an end has the scope `admin`: leave `expires_at` out, or make another key first",
            )),
        }
    }

    /// Revoke a key
    ///
    /// Whoever has it is let in no more, from now on and for good. The last key with the scope `admin` is not revoked.
    #[oai(
        path = "/keys/:id/revoke",
        method = "post",
        operation_id = "revoke_key",
        tag = "Tag::Keys"
    )]
    async fn revoke_key(
        &self,
        key: Allowed<Admin>,
        /// The key's id.
        id: Path<Text<Plain>>,
    ) -> Result<Json<KeyBody>, Refused<RevokeRefusals>> {
        let id = id.0.0.0;
        match key.0.store(&self.store).revoke_api_key(&id).await? {
            KeyOperated::Done | KeyOperated::Ended => {}
            KeyOperated::NoSuch => return Err(Refused::not_found("key")),
            KeyOperated::LastAdmin => {
                return Err(Refused::new(
                    Code::WrongState,
                    "no other key without an end has the scope `admin`: make one first",
                ));
            }
        }
        let row = self.store.find_api_key(&id).await?;
        row.map(|row| Json(KeyBody::new(row)))
            .ok_or_else(|| Refused::not_found("key"))
    }
}

impl OperateKeysApi {
    /// The instant at which a new key ends, which must not be over.
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is made once and answered at once, as in the operations themselves"
    )]
    fn end<R: Refusals>(
        &self,
        end: Option<Text<Timestamp>>,
    ) -> Result<Option<Timestamp>, Refused<R>> {
        match end {
            Some(Text(end)) if end <= self.clock.now() => Err(Refused::new(
                Code::InvalidValue,
                "`expires_at` is over already",
            )),
            end => Ok(end.map(|end| end.0)),
        }
    }
}
