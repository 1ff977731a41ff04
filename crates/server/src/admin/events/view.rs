//! An event as the API shows it.

use cuebook_core::event::{EventState, Origin, Trust};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{EventView, RunBrief};
use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::{Value as Json, json};

use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// An event: one accepted message, and what became of it.
#[derive(Debug, Object)]
#[oai(rename = "Event", example)]
pub(crate) struct EventBody {
    /// Its id.
    pub(crate) id: Text<EventId>,
    /// Its canonical type; `null` in quarantine.
    #[oai(rename = "type")]
    pub(crate) event_type: Option<String>,
    /// The type as it was spelt.
    pub(crate) wire_type: Option<String>,
    /// The booking or person that it is about.
    pub(crate) subject: Option<String>,
    /// How it came.
    pub(crate) origin: Text<Origin>,
    /// How far it is believed, where that is more or less than the token of the URL: `confirmed` or `unconfirmed`. Otherwise it
    /// is not there.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) trust: Option<Text<Trust>>,
    /// Where it stands.
    pub(crate) state: Text<EventState>,
    /// Why, where the state alone does not say it.
    pub(crate) reason: Option<String>,
    /// When it came.
    pub(crate) received_at: Text<Timestamp>,
    /// Its payload; the bytes as they came are at `{id}/raw`. `null` in lists if `payload_left_out` says so.
    pub(crate) payload: Any<Json>,
    /// `true` in lists where the payload is left out, since the message has more than 16 KiB: the event itself has it.
    /// Otherwise it is not there.
    #[oai(skip_serializing_if_is_none)]
    pub(crate) payload_left_out: Option<bool>,
    /// Its runs.
    pub(crate) runs: Vec<RunBriefBody>,
    /// How many of them failed.
    pub(crate) runs_failed: u32,
}

/// A run in short.
#[derive(Debug, Object)]
#[oai(rename = "RunBrief")]
pub(crate) struct RunBriefBody {
    /// Its id.
    pub(crate) id: Text<RunId>,
    /// Its rule.
    pub(crate) rule: String,
    /// Where it stands.
    pub(crate) state: Text<RunState>,
    /// Why.
    pub(crate) reason: Option<String>,
}

/// A page of events, newest first.
#[derive(Debug, Object)]
#[oai(rename = "EventPage", example)]
pub(crate) struct EventPage {
    /// The events.
    pub(crate) items: Vec<EventBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(crate) next_cursor: Option<Text<Cursor>>,
}

impl EventBody {
    /// The event as `masking` lets it be seen.
    pub(crate) fn new(view: EventView, masking: Masking) -> Self {
        let payload = masking.json(view.event.payload());
        let event = view.event;
        Self {
            id: Text(event.id),
            event_type: event
                .event_type
                .map(|name| masking.text(name.as_str().to_owned())),
            wire_type: masking.optional(event.wire_type),
            subject: event.subject.map(|pid| masking.text(pid.to_string())),
            origin: Text(event.origin),
            trust: (event.trust != Trust::Token).then_some(Text(event.trust)),
            state: Text(view.state),
            reason: masking.optional(view.reason),
            received_at: Text(event.received_at),
            payload: Any(payload),
            payload_left_out: view.without_body.then_some(true),
            runs: view
                .runs
                .into_iter()
                .map(|run| RunBriefBody::new(run, masking))
                .collect(),
            runs_failed: view.runs_failed,
        }
    }
}

impl RunBriefBody {
    fn new(brief: RunBrief, masking: Masking) -> Self {
        Self {
            id: Text(brief.id),
            rule: brief.rule,
            state: Text(brief.state),
            reason: masking.optional(brief.reason),
        }
    }
}

impl Example for EventBody {
    fn example() -> Self {
        Self {
            id: Text(sample::event_id()),
            event_type: Some("new-booking".to_owned()),
            wire_type: Some("new-booking".to_owned()),
            subject: Some("293233446073".to_owned()),
            origin: Text(Origin::Webhook),
            trust: None,
            state: Text(EventState::Processed),
            reason: None,
            received_at: Text(sample::instant(0)),
            payload: Any(json!({"booking_pid": 293_233_446_073_u64})),
            payload_left_out: None,
            runs: vec![RunBriefBody {
                id: Text(sample::run_id()),
                rule: "new-booking/thank-you".to_owned(),
                state: Text(RunState::Completed),
                reason: None,
            }],
            runs_failed: 0,
        }
    }
}

impl Example for EventPage {
    fn example() -> Self {
        Self {
            items: vec![EventBody::example()],
            next_cursor: None,
        }
    }
}
