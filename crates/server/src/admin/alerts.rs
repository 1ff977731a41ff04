//! What is wrong, as operators are told.

use cuebook_core::Timestamp;
use cuebook_core::alert::{Alert, AlertKind};
use cuebook_store::Store;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::page::{Cursor, Limit, page, shown};
use super::sample;
use super::tag::Tag;
use super::value::Text;
use crate::auth::{Allowed, Read};
use crate::problem::{Refused, refusals};

refusals! {
    /// `GET /alerts`
    ListRefusals = [InvalidParameter];
}

/// Which alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "AlertState", rename_all = "lowercase")]
enum Which {
    /// The trouble lasts.
    Raised,
    /// The trouble is over.
    Resolved,
}

/// Something that a person has to know of.
#[derive(Debug, Object)]
#[oai(rename = "Alert", example)]
struct AlertBody {
    /// Its id.
    id: Uuid,
    /// What kind: `run_failed`, `send_failed`, `lane_stuck`, `endpoint_paused`, `disk_low` or `silence`.
    kind: String,
    /// Which rule, kind of send or endpoint; empty for the whole installation.
    about: String,
    /// Whether it lasts.
    state: Which,
    /// How many things are affected.
    number: u64,
    /// It in a line.
    title: String,
    /// What a person should know, and can do.
    detail: String,
    /// When it was seen first.
    raised_at: Text<Timestamp>,
    /// When it was seen last.
    seen_at: Text<Timestamp>,
    /// When it was over.
    resolved_at: Option<Text<Timestamp>>,
    /// When somebody was told of it last, by `alerts.email` or `alerts.webhook`.
    told_at: Option<Text<Timestamp>>,
    /// Why nobody could be told, the last time that it was tried.
    error: Option<String>,
}

/// A page of alerts, newest first.
#[derive(Debug, Object)]
#[oai(example)]
struct AlertPage {
    /// The alerts.
    items: Vec<AlertBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    next_cursor: Option<Text<Cursor>>,
}

/// The operation that lists alerts.
pub(crate) struct AlertsApi(pub(crate) Store);

#[OpenApi]
impl AlertsApi {
    /// List alerts
    ///
    /// What a person has to know of: runs and sends that wait for a decision, runs that nobody takes up, paused endpoints, a full
    /// disk, no webhook for long. It is looked every 30 seconds; each trouble is raised once, and resolved when it is over.
    #[oai(
        path = "/alerts",
        method = "get",
        operation_id = "list_alerts",
        tag = "Tag::System"
    )]
    async fn list_alerts(
        &self,
        _key: Allowed<Read>,
        /// Only those that last (`raised`), or only those that are over (`resolved`).
        state: Query<Option<Which>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<AlertPage>, Refused<ListRefusals>> {
        let lasting = state.0.map(|which| which == Which::Raised);
        let listed = self
            .0
            .list_alerts(lasting, &page(limit.0, cursor.0))
            .await?;
        let (items, next_cursor) = shown(listed, AlertBody::new);
        Ok(Json(AlertPage { items, next_cursor }))
    }
}

impl AlertBody {
    fn new(alert: Alert) -> Self {
        let title = alert.title();
        Self {
            id: alert.id,
            kind: alert.trouble.kind.as_str().to_owned(),
            about: alert.trouble.about,
            state: if alert.resolved_at.is_some() {
                Which::Resolved
            } else {
                Which::Raised
            },
            number: alert.trouble.number,
            title,
            detail: alert.trouble.detail,
            raised_at: Text(alert.raised_at),
            seen_at: Text(alert.seen_at),
            resolved_at: alert.resolved_at.map(Text),
            told_at: alert.told_at.map(Text),
            error: alert.error,
        }
    }
}

impl Example for AlertBody {
    fn example() -> Self {
        Self {
            id: sample::audit_id(),
            kind: AlertKind::RunFailed.as_str().to_owned(),
            about: "new-booking/thank-you".to_owned(),
            state: Which::Raised,
            number: 3,
            title: "3 runs of new-booking/thank-you failed".to_owned(),
            detail: "They wait for a person.".to_owned(),
            raised_at: Text(sample::instant(0)),
            seen_at: Text(sample::instant(60)),
            resolved_at: None,
            told_at: Some(Text(sample::instant(1))),
            error: None,
        }
    }
}

impl Example for AlertPage {
    fn example() -> Self {
        Self {
            items: vec![AlertBody::example()],
            next_cursor: None,
        }
    }
}
