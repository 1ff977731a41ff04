//! Looking at keys.

use cuebook_store::Store;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::view::{KeyBody, KeyPage};
use crate::admin::few::Few;
use crate::admin::page::Limit;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Admin, Allowed};
use crate::problem::{Refused, refusals};

refusals! {
    /// `GET /keys`
    ListRefusals = [InvalidParameter];
    /// `GET /keys/{id}`
    ShowRefusals = [InvalidId, NotFound];
}

/// The operations that look at keys.
pub(crate) struct KeysApi(pub(crate) Store);

#[OpenApi]
impl KeysApi {
    /// List keys
    ///
    /// All keys of the API, newest first, those that are over too. Their texts are not stored.
    #[oai(
        path = "/keys",
        method = "get",
        operation_id = "list_keys",
        tag = "Tag::Keys"
    )]
    async fn list_keys(
        &self,
        _key: Allowed<Admin>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Plain>>>,
    ) -> Result<Json<KeyPage>, Refused<ListRefusals>> {
        let rows = self.0.list_api_keys().await?;
        let (rows, next_cursor) = Few::new(rows).page(limit.0, cursor.0, |row| &row.id);
        let items = rows.into_iter().map(KeyBody::new).collect();
        Ok(Json(KeyPage { items, next_cursor }))
    }

    /// Show a key
    ///
    /// One key of the API, without its text.
    #[oai(
        path = "/keys/:id",
        method = "get",
        operation_id = "show_key",
        tag = "Tag::Keys"
    )]
    async fn show_key(
        &self,
        _key: Allowed<Admin>,
        /// The key's id.
        id: Path<Text<Plain>>,
    ) -> Result<Json<KeyBody>, Refused<ShowRefusals>> {
        let row = self.0.find_api_key(&id.0.0.0).await?;
        row.map(|row| Json(KeyBody::new(row)))
            .ok_or_else(|| Refused::not_found("key"))
    }
}
