//! The operations on exports.

use cuebook_store::{NewPrivacyRequest, Operated, PrivacyKind, PrivacyState, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::data::ExportedData;
use super::erasures::{find, list, over};
use super::request::NewExport;
use super::value::PrivacyId;
use super::view::{Asked, PrivacyBody, PrivacyPage};
use crate::admin::page::{Cursor, Limit, page};
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Admin, Allowed};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `GET /exports`
    ListRefusals = [InvalidParameter];
    /// `GET /exports/{id}`
    ShowRefusals = [InvalidId, NotFound];
    /// `GET /exports/{id}/data`
    DataRefusals = [InvalidId, NotFound, WrongState];
    /// `POST /exports`
    ExportRefusals = [InvalidValue, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
    /// `POST /exports/{id}/cancel`
    CancelRefusals = [InvalidId, NotFound, WrongState];
}

/// The operations on exports.
pub(crate) struct ExportsApi(pub(crate) Store);

#[OpenApi]
impl ExportsApi {
    /// List exports
    ///
    /// The exports that were asked for, newest first.
    #[oai(
        path = "/exports",
        method = "get",
        operation_id = "list_exports",
        tag = "Tag::Privacy"
    )]
    async fn list_exports(
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
            list(&self.0, PrivacyKind::Export, state.0, &page).await?,
        ))
    }

    /// Show an export
    ///
    /// How far it is and what it has found. The data is at `{id}/data` once it is `completed`.
    #[oai(
        path = "/exports/:id",
        method = "get",
        operation_id = "show_export",
        tag = "Tag::Privacy"
    )]
    async fn show_export(
        &self,
        _key: Allowed<Admin>,
        /// The export's id.
        id: Path<Text<PrivacyId>>,
    ) -> Result<Json<PrivacyBody>, Refused<ShowRefusals>> {
        let found = find(&self.0, PrivacyKind::Export, id.0.0.0).await?;
        found.map(Json).ok_or_else(|| Refused::not_found("export"))
    }

    /// Get the data of an export
    ///
    /// One JSON document: events with their bytes, runs with their steps and lines, effects with whole mails, what rules
    /// remember, and the audit log about them. It is put together when it is asked for; no copy is kept.
    #[oai(
        path = "/exports/:id/data",
        method = "get",
        operation_id = "get_export_data",
        tag = "Tag::Privacy"
    )]
    async fn get_export_data(
        &self,
        _key: Allowed<Admin>,
        /// The export's id.
        id: Path<Text<PrivacyId>>,
    ) -> Result<Json<ExportedData>, Refused<DataRefusals>> {
        let id = id.0.0.0;
        if let Some(data) = self.0.exported(id).await? {
            return Ok(Json(ExportedData::new(data)));
        }
        match self.0.privacy_request(PrivacyKind::Export, id).await? {
            None => Err(Refused::not_found("export")),
            Some(request) => Err(Refused::new(
                Code::WrongState,
                format!(
                    "the export is {}: its data is there once it is completed",
                    request.state.as_str()
                ),
            )),
        }
    }

    /// Export a person's data
    ///
    /// Searches everything for the person, mail address or booking, as an erasure does, and changes nothing. It goes on in
    /// the background, also after a restart.
    #[oai(
        path = "/exports",
        method = "post",
        operation_id = "create_export",
        tag = "Tag::Privacy"
    )]
    async fn create_export(
        &self,
        key: Allowed<Admin>,
        /// Whose data.
        body: Json<NewExport>,
    ) -> Result<Asked, Refused<ExportRefusals>> {
        let invalid = |detail| Refused::new(Code::InvalidValue, detail);
        let person = body.0.person().map_err(invalid)?;
        if let Some(reason) = &body.0.reason {
            key.0.because(&reason.0.0);
        }
        let request = NewPrivacyRequest {
            kind: PrivacyKind::Export,
            dry_run: false,
            person,
            requested_by: Some(key.0.key_id.clone()),
        };
        let id = key.0.store(&self.0).ask_privacy(&request).await?.0;
        let asked = find(&self.0, PrivacyKind::Export, id).await?;
        let asked = asked.ok_or_else(|| Refused::new(Code::Internal, "it has gone"))?;
        Ok(Asked::Created(Json(asked), format!("/api/v1/exports/{id}")))
    }

    /// Cancel an export
    ///
    /// Nothing more is searched.
    #[oai(
        path = "/exports/:id/cancel",
        method = "post",
        operation_id = "cancel_export",
        tag = "Tag::Privacy"
    )]
    async fn cancel_export(
        &self,
        key: Allowed<Admin>,
        /// The export's id.
        id: Path<Text<PrivacyId>>,
    ) -> Result<Json<PrivacyBody>, Refused<CancelRefusals>> {
        let id = id.0.0.0;
        let store = key.0.store(&self.0);
        match store.cancel_privacy(PrivacyKind::Export, id).await? {
            Operated::Done => {
                let found = find(&self.0, PrivacyKind::Export, id).await?;
                found.map(Json).ok_or_else(|| Refused::not_found("export"))
            }
            Operated::NoSuch => Err(Refused::not_found("export")),
            Operated::NotIn(state) => Err(Refused::new(Code::WrongState, over(state))),
        }
    }
}
