//! Injecting an event: what is sent, what is answered, and the event that comes of it.

use cuebook_core::event::{Event, Origin};
use cuebook_core::message::NotAMessage;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{AcceptEvent, Accepted};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};
use serde_json::json;

use crate::admin::sample;
use crate::admin::value::{AnyJson, Plain, Text};

/// An event to inject.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct InjectedEvent {
    /// Its type: one of Ticketpark's seven, or any other.
    #[oai(rename = "type")]
    event_type: Text<Plain>,
    /// Its payload, as Ticketpark would send it.
    payload: AnyJson,
    /// Whether its effects are performed; otherwise they are recorded only.
    #[oai(default)]
    perform: bool,
}

/// What became of an injected event.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct AcceptedEvent {
    /// The event's id.
    id: Text<EventId>,
    /// The runs that it started.
    runs: Vec<Text<RunId>>,
}

/// The answer to an injected event.
#[derive(ApiResponse)]
pub(crate) enum Injected {
    /// The event is stored, and its runs are about to begin.
    #[oai(status = 201)]
    Created(
        Json<AcceptedEvent>,
        /// Where the event is shown.
        #[oai(header = "Location")]
        String,
    ),
}

/// The event behind what was sent, as yet without runs.
pub(crate) fn injected(
    sent: &InjectedEvent,
    id: EventId,
    now: Timestamp,
) -> Result<AcceptEvent, NotAMessage> {
    let body = json!({"type": sent.event_type.0.0, "payload": sent.payload.0})
        .to_string()
        .into_bytes();
    Ok(AcceptEvent {
        event: Event {
            capture: !sent.perform,
            ..Event::made(id, Origin::Trigger, body, now)?
        },
        rejected: None,
        rules: Vec::new(),
    })
}

impl AcceptedEvent {
    /// What the store made of it.
    pub(crate) fn new(accepted: Accepted) -> Self {
        Self {
            id: Text(accepted.id),
            runs: accepted.runs.into_iter().map(Text).collect(),
        }
    }
}

impl Example for InjectedEvent {
    fn example() -> Self {
        Self {
            event_type: Text(Plain("new-booking".to_owned())),
            payload: AnyJson(json!({"booking_pid": 293_233_446_073_u64})),
            perform: false,
        }
    }
}

impl Example for AcceptedEvent {
    fn example() -> Self {
        Self {
            id: Text(sample::event_id()),
            runs: vec![Text(sample::run_id())],
        }
    }
}
