//! Why a run waits, in a sentence.

use chrono::SecondsFormat;

use crate::clock::Timestamp;
use crate::events::EventType;

/// It sleeps.
pub fn sleeps(until: Timestamp) -> String {
    format!("sleeps until {}", seconds(until))
}

/// It waits for an event.
pub fn waits_for(types: &[EventType], until: Timestamp) -> String {
    let types: Vec<&str> = types.iter().map(EventType::as_str).collect();
    format!("waits for {} until {}", types.join(" or "), seconds(until))
}

/// An instant as a person reads it.
pub fn seconds(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
