//! Events.

use cuebook_core::clock::from_micros;
use cuebook_core::event::{Event, Origin, Trust};
use cuebook_core::events::EventType;
use cuebook_core::{Account, EventId, Pid};

use super::words::{count, word};
use crate::entities::events;
use crate::error::StoreError;

/// The event of a row.
pub(crate) fn event_of(row: events::Model) -> Result<Event, StoreError> {
    Ok(Event {
        id: EventId(row.id),
        account: Account(row.account),
        event_type: row.event_type.as_deref().map(EventType::from_wire),
        wire_type: row.wire_type,
        subject: row.subject.as_deref().map(Pid::from),
        origin: word("origin", &row.origin, Origin::from_word)?,
        received_at: from_micros(row.received_at),
        headers: serde_json::from_slice(&row.headers)
            .map_err(|error| StoreError::unreadable("event's headers", error.to_string()))?,
        body: row.body,
        capture: row.capture,
        parent: row.parent.map(EventId),
        depth: count(row.depth),
        trust: word("trust", &row.trust, Trust::from_word)?,
    })
}
