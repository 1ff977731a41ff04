//! The operations on erasures.

use cuebook_store::{
    NewPrivacyRequest, Operated, Page, PrivacyFilter, PrivacyKind, PrivacyState, Store, StoreError,
};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use uuid::Uuid;

use super::request::NewErasure;
use super::value::PrivacyId;
use super::view::{Asked, PrivacyBody, PrivacyPage};
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Admin, Allowed};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `GET /erasures`
    ListRefusals = [InvalidParameter];
    /// `GET /erasures/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /erasures`
    EraseRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /erasures/{id}/cancel`
    CancelRefusals = [InvalidId, NotFound, WrongState];
}

/// How many ids are shown.
pub(super) const SHOWN: u64 = 1_000;

/// The operations on erasures.
pub(crate) struct ErasuresApi(pub(crate) Store);

#[OpenApi]
impl ErasuresApi {
    /// List erasures
    ///
    /// The erasures that were asked for, dry runs too, newest first.
    #[oai(
        path = "/erasures",
        method = "get",
        operation_id = "list_erasures",
        tag = "Tag::Privacy"
    )]
    async fn list_erasures(
        &self,
        _key: Allowed<Admin>,
        /// Only those in this state.
        state: Query<Option<Text<PrivacyState>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<PrivacyPage>, Refused<ListRefusals>> {
        let page = page(limit.0, cursor.0);
        Ok(Json(
            list(&self.0, PrivacyKind::Erasure, state.0, &page).await?,
        ))
    }

    /// Show an erasure
    ///
    /// How far it is, what it has found, and what others had received of it.
    #[oai(
        path = "/erasures/:id",
        method = "get",
        operation_id = "show_erasure",
        tag = "Tag::Privacy"
    )]
    async fn show_erasure(
        &self,
        _key: Allowed<Admin>,
        /// The erasure's id.
        id: Path<Text<PrivacyId>>,
    ) -> Result<Json<PrivacyBody>, Refused<ShowRefusals>> {
        let found = find(&self.0, PrivacyKind::Erasure, id.0.0.0).await?;
        found.map(Json).ok_or_else(|| Refused::not_found("erasure"))
    }

    /// Erase a person's data
    ///
    /// Searches everything for the person, mail address or booking, and overwrites what names them: events, journals, log
    /// lines, the ledger with its mails, what rules remember. The rows stay, so that the books close; waiting runs end
    /// `cancelled` with the code `erased`, and what has not left is discarded. Of a person and an address the bookings are
    /// followed that are theirs by what was found. It goes on in the background, also after a restart. With `dry_run`
    /// nothing is changed: the request shows what would be erased.
    #[oai(
        path = "/erasures",
        method = "post",
        operation_id = "create_erasure",
        tag = "Tag::Privacy"
    )]
    async fn create_erasure(
        &self,
        key: Allowed<Admin>,
        /// Whose data.
        body: Json<NewErasure>,
    ) -> Result<Asked, Refused<EraseRefusals>> {
        let invalid = |detail| Refused::new(Code::InvalidValue, detail);
        let person = body.0.person().map_err(invalid)?;
        if let Some(reason) = &body.0.reason {
            key.0.because(&reason.0.0);
        }
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Erasure,
            dry_run: body.0.dry_run,
            person,
            requested_by: Some(key.0.key_id.clone()),
        };
        let id = key.0.store(&self.0).ask_privacy(&request).await?.0;
        let asked = find(&self.0, PrivacyKind::Erasure, id).await?;
        let asked = asked.ok_or_else(|| Refused::new(Code::Internal, "it has gone"))?;
        Ok(Asked::Created(
            Json(asked),
            format!("/api/v1/erasures/{id}"),
        ))
    }

    /// Cancel an erasure
    ///
    /// Nothing more is searched or erased. What was erased by then stays erased.
    #[oai(
        path = "/erasures/:id/cancel",
        method = "post",
        operation_id = "cancel_erasure",
        tag = "Tag::Privacy"
    )]
    async fn cancel_erasure(
        &self,
        key: Allowed<Admin>,
        /// The erasure's id.
        id: Path<Text<PrivacyId>>,
    ) -> Result<Json<PrivacyBody>, Refused<CancelRefusals>> {
        let id = id.0.0.0;
        let store = key.0.store(&self.0);
        match store.cancel_privacy(PrivacyKind::Erasure, id).await? {
            Operated::Done => {
                let found = find(&self.0, PrivacyKind::Erasure, id).await?;
                found.map(Json).ok_or_else(|| Refused::not_found("erasure"))
            }
            Operated::NoSuch => Err(Refused::not_found("erasure")),
            Operated::NotIn(state) => Err(Refused::new(Code::WrongState, over(state))),
        }
    }
}

/// A page of the requests of a kind, newest first.
pub(super) async fn list(
    store: &Store,
    kind: PrivacyKind,
    state: Option<Text<PrivacyState>>,
    page: &Page,
) -> Result<PrivacyPage, StoreError> {
    let filter = PrivacyFilter {
        kind: Some(kind),
        state: state.map(|state| state.0),
    };
    let listed = store.list_privacy_requests(&filter, page).await?;
    let (items, next_cursor) = shown(listed, PrivacyBody::listed);
    Ok(PrivacyPage { items, next_cursor })
}

/// A request with what it has found.
pub(super) async fn find(
    store: &Store,
    kind: PrivacyKind,
    id: Uuid,
) -> Result<Option<PrivacyBody>, StoreError> {
    let Some(request) = store.privacy_request(kind, id).await? else {
        return Ok(None);
    };
    let found = store.privacy_found(id, SHOWN).await?;
    let received = store.privacy_received(id, SHOWN).await?;
    Ok(Some(PrivacyBody::whole(request, found, received)))
}

/// Why it cannot be cancelled.
pub(super) fn over(state: PrivacyState) -> String {
    format!(
        "it is {} already: only what is pending or running can be cancelled",
        state.as_str()
    )
}
