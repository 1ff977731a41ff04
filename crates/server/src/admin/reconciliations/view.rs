//! A reconciliation as the API shows it.

use cuebook_core::Timestamp;
use cuebook_store::ReconciliationRow;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object};
use uuid::Uuid;

use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;

/// Why Ticketpark was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "ReconciliationCause", rename_all = "lowercase")]
pub(crate) enum Cause {
    /// Its time had come.
    Timer,
    /// Somebody wanted it.
    Operator,
}

/// Where a reconciliation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "ReconciliationState", rename_all = "lowercase")]
pub(crate) enum State {
    /// It is under way, or about to be.
    Running,
    /// Everything was looked at.
    Completed,
    /// It could not go on; the next one begins where the last that completed has ended.
    Failed,
    /// Somebody ended it.
    Cancelled,
}

/// A look for what never came: the bookings, payments and persons that were changed in Ticketpark without an event.
#[derive(Debug, Object)]
#[oai(rename = "Reconciliation", example)]
pub(crate) struct ReconciliationBody {
    /// Its id.
    id: Text<Uuid>,
    /// Why Ticketpark was asked.
    cause: Cause,
    /// Where it stands.
    state: State,
    /// Why it failed.
    reason: Option<String>,
    /// Changes from this instant on.
    since: Text<Timestamp>,
    /// Changes before this instant: younger ones may still be told of by a webhook.
    until: Text<Timestamp>,
    /// What is being looked at, or was last: `payments`, `bookings` or `persons`.
    resource: Option<String>,
    /// How many records were looked at; one that was interrupted looks at some of them again.
    looked: u64,
    /// Of how many changes an event had told.
    known: u64,
    /// How many records are as they were, so that there is nothing to tell.
    unchanged: u64,
    /// How many events were made, with the origin `reconcile`.
    made: u64,
    /// How many events were made and are held until somebody approves them.
    held: u64,
    /// When it began.
    started_at: Text<Timestamp>,
    /// When it ended.
    ended_at: Option<Text<Timestamp>>,
}

/// A page of reconciliations, newest first.
#[derive(Debug, Object)]
#[oai(rename = "ReconciliationPage", example)]
pub(crate) struct ReconciliationPage {
    /// The reconciliations.
    pub(crate) items: Vec<ReconciliationBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(crate) next_cursor: Option<Text<Cursor>>,
}

/// The answer to a request for a reconciliation.
#[derive(ApiResponse)]
pub(crate) enum Begun {
    /// It has begun.
    #[oai(status = 201)]
    Created(
        Json<ReconciliationBody>,
        /// Where it is.
        #[oai(header = "Location")]
        String,
    ),
}

impl ReconciliationBody {
    /// The reconciliation of a row.
    pub(crate) fn new(row: ReconciliationRow) -> Self {
        Self {
            id: Text(row.id),
            cause: match row.cause.as_str() {
                "timer" => Cause::Timer,
                _ => Cause::Operator,
            },
            state: match row.state.as_str() {
                "running" => State::Running,
                "completed" => State::Completed,
                "cancelled" => State::Cancelled,
                _ => State::Failed,
            },
            reason: row.reason,
            since: Text(row.since),
            until: Text(row.until),
            resource: row.resource,
            looked: row.looked,
            known: row.known,
            unchanged: row.unchanged,
            made: row.made,
            held: row.held,
            started_at: Text(row.started_at),
            ended_at: row.ended_at.map(Text),
        }
    }
}

impl Example for ReconciliationBody {
    fn example() -> Self {
        Self {
            id: Text(sample::event_id().0),
            cause: Cause::Operator,
            state: State::Completed,
            reason: None,
            since: Text(sample::instant(-86_400)),
            until: Text(sample::instant(-120)),
            resource: Some("persons".to_owned()),
            looked: 1000,
            known: 900,
            unchanged: 0,
            made: 50,
            held: 50,
            started_at: Text(sample::instant(0)),
            ended_at: Some(Text(sample::instant(7))),
        }
    }
}

impl Example for ReconciliationPage {
    fn example() -> Self {
        Self {
            items: vec![ReconciliationBody::example()],
            next_cursor: None,
        }
    }
}
