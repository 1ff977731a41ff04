//! From what a script emitted to an event of Cuebook's own, within its bounds.

use crate::clock::Timestamp;
use crate::event::{Event, Origin, Trust};
use crate::ids::EventId;
use crate::limits;
use crate::message::{Message, NotAMessage};

/// The events of one segment at most: what one event may lead to in all, which the store counts.
const EVENTS: usize = limits::DESCENDANTS;

/// Why a segment cannot end with what its script emitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotEmit {
    /// Rules that emit events for each other go on for ever.
    #[error(
        "emit: this event would be the {depth}th in a row that a rule emitted because of another, and {} are allowed; rules that emit events for each other would never end",
        limits::EMIT_DEPTH
    )]
    TooDeep {
        /// The place in the row.
        depth: u32,
    },
    /// Too many at once.
    #[error("emit: {count} events at once, and {EVENTS} are allowed")]
    TooMany {
        /// How many.
        count: usize,
    },
    /// What was emitted is no message.
    #[error("emit: {0}")]
    NotAMessage(#[from] NotAMessage),
}

/// Whether one segment may emit `count` events.
///
/// # Errors
/// Where it may not.
pub fn check_count(count: usize) -> Result<(), CannotEmit> {
    if count > EVENTS {
        return Err(CannotEmit::TooMany { count });
    }
    Ok(())
}

impl Event {
    /// The event that a run on this one emitted with `body`.
    ///
    /// # Errors
    /// Where it would be too deep in a row, or is no message.
    pub fn emitting(&self, body: &[u8], id: EventId, now: Timestamp) -> Result<Self, CannotEmit> {
        let depth = self.depth.saturating_add(1);
        if depth > limits::EMIT_DEPTH {
            return Err(CannotEmit::TooDeep { depth });
        }
        let message = Message::parse(body)?;
        Ok(Self {
            id,
            account: self.account.clone(),
            event_type: Some(message.event_type),
            wire_type: Some(message.wire_type),
            subject: message.subject,
            origin: Origin::Emit,
            received_at: now,
            headers: Vec::new(),
            body: body.to_vec(),
            capture: self.capture,
            parent: Some(self.id),
            depth,
            trust: Trust::Token,
        })
    }
}
