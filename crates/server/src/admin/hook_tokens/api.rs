//! The operations on hook tokens.

use std::sync::Arc;

use cuebook_core::keys::token_hash;
use cuebook_core::value::rfc3339;
use cuebook_core::{Account, Chance};
use cuebook_store::{HookTokenRow, Store, StoreError, TokenOperated};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::view::{HookTokenBody, HookTokenPage, Made, MadeHookToken, NewHookToken, Retirement};
use crate::admin::few::Few;
use crate::admin::given::Given;
use crate::admin::page::Limit;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Admin, Allowed, Read};
use crate::problem::{Code, Refused, refusals};

/// The name of the token that comes from the configuration or the data folder: its former ones are retired by name.
const CONFIGURED: &str = "default";

refusals! {
    /// `GET /hook-tokens`
    ListRefusals = [InvalidParameter];
    /// `GET /hook-tokens/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /hook-tokens`
    CreateRefusals = [WrongState, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /hook-tokens/{id}/retire`
    RetireRefusals = [InvalidId, NotFound, TokenInUse, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /hook-tokens/{id}/restore`
    RestoreRefusals = [InvalidId, NotFound];
}

/// The operations on hook tokens.
pub(crate) struct HookTokensApi {
    /// Where they are.
    pub(crate) store: Store,
    /// What they are made of.
    pub(crate) chance: Arc<dyn Chance>,
    /// What their addresses begin with.
    pub(crate) public_url: String,
}

#[OpenApi]
impl HookTokensApi {
    /// List hook tokens
    ///
    /// All tokens of the webhook's address, newest first, retired ones too. Their texts are not stored.
    #[oai(
        path = "/hook-tokens",
        method = "get",
        operation_id = "list_hook_tokens",
        tag = "Tag::HookTokens"
    )]
    async fn list_hook_tokens(
        &self,
        _key: Allowed<Read>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Plain>>>,
    ) -> Result<Json<HookTokenPage>, Refused<ListRefusals>> {
        let rows = self.store.list_hook_tokens().await?;
        let (rows, next_cursor) = Few::new(rows).page(limit.0, cursor.0, |row| &row.id);
        let items = rows.into_iter().map(HookTokenBody::new).collect();
        Ok(Json(HookTokenPage { items, next_cursor }))
    }

    /// Show a hook token
    ///
    /// One token of the webhook's address, without its text.
    #[oai(
        path = "/hook-tokens/:id",
        method = "get",
        operation_id = "show_hook_token",
        tag = "Tag::HookTokens"
    )]
    async fn show_hook_token(
        &self,
        _key: Allowed<Read>,
        /// The token's id.
        id: Path<Text<Plain>>,
    ) -> Result<Json<HookTokenBody>, Refused<ShowRefusals>> {
        let row = self.find(&id.0.0.0).await?;
        row.map(|row| Json(HookTokenBody::new(row)))
            .ok_or_else(|| Refused::not_found("hook token"))
    }

    /// Make a hook token
    ///
    /// Makes a further address for webhooks, good from now on beside all others. Token and address are shown in this answer
    /// and never again.
    #[oai(
        path = "/hook-tokens",
        method = "post",
        operation_id = "create_hook_token",
        tag = "Tag::HookTokens"
    )]
    async fn create_hook_token(
        &self,
        key: Allowed<Admin>,
        /// The token to be made.
        body: Json<NewHookToken>,
    ) -> Result<Made, Refused<CreateRefusals>> {
        let name = body.0.name.0.0;
        if name == CONFIGURED {
            return Err(Refused::new(
                Code::WrongState,
                "`default` is the name of the configured token: give this one another name",
            ));
        }
        let token = hex::encode(self.chance.bytes());
        let hash = token_hash(&token);
        let store = key.0.store(&self.store);
        store
            .add_hook_token(&name, &Account::default(), hash)
            .await?;
        let id = HookTokenRow::id_of(&hash);
        let location = format!("/api/v1/hook-tokens/{id}");
        let url = format!("{}/hooks/ticketpark/{token}", self.public_url);
        let made = MadeHookToken {
            id,
            name,
            token,
            url,
        };
        Ok(Made::Created(Json(made), location))
    }

    /// Retire a hook token
    ///
    /// What comes with it from now on is answered 410 and kept in quarantine. Ticketpark's support changes an address by
    /// hand, which takes days: so a token that was used within the last seven days is retired only with `force`.
    #[oai(
        path = "/hook-tokens/:id/retire",
        method = "post",
        operation_id = "retire_hook_token",
        tag = "Tag::HookTokens"
    )]
    async fn retire_hook_token(
        &self,
        key: Allowed<Admin>,
        /// The token's id.
        id: Path<Text<Plain>>,
        /// How.
        body: Given<Retirement>,
    ) -> Result<Json<HookTokenBody>, Refused<RetireRefusals>> {
        let id = id.0.0.0;
        let store = key.0.store(&self.store);
        if let TokenOperated::InUse(at) = store.retire_hook_token(&id, body.0.force).await? {
            let at = rfc3339(at);
            let detail = format!("a webhook came with it at {at}, less than seven days ago");
            return Err(Refused::new(Code::TokenInUse, detail));
        }
        let row = self.find(&id).await?;
        row.map(|row| Json(HookTokenBody::new(row)))
            .ok_or_else(|| Refused::not_found("hook token"))
    }

    /// Restore a hook token
    ///
    /// A retired token is good again. What came with it meanwhile is in quarantine, and can be replayed.
    #[oai(
        path = "/hook-tokens/:id/restore",
        method = "post",
        operation_id = "restore_hook_token",
        tag = "Tag::HookTokens"
    )]
    async fn restore_hook_token(
        &self,
        key: Allowed<Admin>,
        /// The token's id.
        id: Path<Text<Plain>>,
    ) -> Result<Json<HookTokenBody>, Refused<RestoreRefusals>> {
        let id = id.0.0.0;
        key.0.store(&self.store).restore_hook_token(&id).await?;
        let row = self.find(&id).await?;
        row.map(|row| Json(HookTokenBody::new(row)))
            .ok_or_else(|| Refused::not_found("hook token"))
    }
}

impl HookTokensApi {
    async fn find(&self, id: &str) -> Result<Option<HookTokenRow>, StoreError> {
        let rows = self.store.list_hook_tokens().await?;
        Ok(rows.into_iter().find(|row| row.id == id))
    }
}
