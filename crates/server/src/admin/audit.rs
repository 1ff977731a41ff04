//! The audit log: who changed what, when and why. It is only ever read here.

use cuebook_core::Timestamp;
use cuebook_store::{AuditFilter, AuditRow, Store};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{Object, OpenApi};
use serde_json::{Value, json};
use uuid::Uuid;

use super::page::{Cursor, Limit, page, shown};
use super::sample;
use super::tag::Tag;
use super::value::{Plain, Text, texts};
use crate::auth::{Admin, Allowed};
use crate::problem::{Refused, refusals};

refusals! {
    /// `GET /audit`
    ListRefusals = [InvalidParameter];
}

/// What somebody changed. Nothing personal is in it, and no secret.
#[derive(Debug, Object)]
#[oai(rename = "AuditEntry", example)]
struct AuditBody {
    /// Its id.
    id: Uuid,
    /// When.
    at: Text<Timestamp>,
    /// By which key; `local` for a command on the machine itself.
    key_id: String,
    /// From which address; `null` on the machine itself.
    address: Option<String>,
    /// The operation, by its name in this document.
    operation: String,
    /// What kind of thing was changed, such as `run`.
    target_kind: Option<String>,
    /// Which.
    target_id: Option<String>,
    /// Why, where somebody said so.
    reason: Option<String>,
    /// How it was before; `null` where it was not there, or where the operation changes many things.
    before: Any<Option<Value>>,
    /// How it was after; `null` where it is no longer there, or where the operation changes many things.
    after: Any<Option<Value>>,
    /// The request, as its answer named it in `X-Request-Id`.
    request_id: Option<String>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Object)]
#[oai(example)]
struct AuditPage {
    /// The entries.
    items: Vec<AuditBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    next_cursor: Option<Text<Cursor>>,
}

/// The operation that reads the log.
pub(crate) struct AuditApi(pub(crate) Store);

#[OpenApi]
impl AuditApi {
    /// List the audit log
    ///
    /// Each change that somebody made through the API or by a command, newest first: which key, from which address, what it
    /// was before and after. The log is append-only.
    #[oai(
        path = "/audit",
        method = "get",
        operation_id = "list_audit",
        tag = "Tag::Audit"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    async fn list_audit(
        &self,
        _key: Allowed<Admin>,
        /// Only what this key did; `local` for commands on the machine itself.
        key: Query<Option<Text<Plain>>>,
        /// Only this operation, such as `retry_run`; may be given several times.
        operation: Query<Vec<Text<Plain>>>,
        /// Only what is about this kind of thing, such as `run`.
        target_kind: Query<Option<Text<Plain>>>,
        /// Only what is about the thing with this id.
        target: Query<Option<Text<Plain>>>,
        /// Only what is of this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only what is from before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// Only what has this text in operation, target or reason.
        q: Query<Option<Text<Plain>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<AuditPage>, Refused<ListRefusals>> {
        let plain = |text: Query<Option<Text<Plain>>>| text.0.map(|text| text.0.0);
        let filter = AuditFilter {
            key: plain(key),
            operation: texts(operation.0),
            target_kind: plain(target_kind),
            target: plain(target),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            q: plain(q),
        };
        let listed = self.0.list_audit(&filter, &page(limit.0, cursor.0)).await?;
        let (items, next_cursor) = shown(listed, AuditBody::new);
        Ok(Json(AuditPage { items, next_cursor }))
    }
}

impl AuditBody {
    fn new(row: AuditRow) -> Self {
        Self {
            id: row.id,
            at: Text(row.at),
            key_id: row.key_id,
            address: row.address,
            operation: row.operation,
            target_kind: row.target_kind,
            target_id: row.target_id,
            reason: row.reason,
            before: Any(row.before),
            after: Any(row.after),
            request_id: row.request_id,
        }
    }
}

impl Example for AuditBody {
    fn example() -> Self {
        Self {
            id: sample::audit_id(),
            at: Text(sample::instant(0)),
            key_id: sample::KEY_ID.to_owned(),
            address: Some("192.0.2.7".to_owned()),
            operation: "discard_effect".to_owned(),
            target_kind: Some("effect".to_owned()),
            target_id: Some(sample::effect_id().to_string()),
            reason: Some("the campaign was called off".to_owned()),
            before: Any(Some(json!({"state": "held"}))),
            after: Any(Some(json!({"state": "discarded"}))),
            request_id: Some(sample::audit_id().to_string()),
        }
    }
}

impl Example for AuditPage {
    fn example() -> Self {
        Self {
            items: vec![AuditBody::example()],
            next_cursor: None,
        }
    }
}
