//! Waits for events.

use cuebook_core::Pid;
use cuebook_core::clock::from_micros;
use cuebook_core::event_wait::EventWait;
use serde::de::DeserializeOwned;

use crate::entities::waits;
use crate::error::StoreError;

/// The wait of a row.
pub(crate) fn wait_of(row: &waits::Model) -> Result<EventWait, StoreError> {
    Ok(EventWait {
        types: json("wait's types", &row.types)?,
        fields: json("wait's fields", &row.fields)?,
        subject: Pid::from(row.subject.as_str()),
        deadline: from_micros(row.deadline),
        capture: row.capture,
    })
}

fn json<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::unreadable(what, error.to_string()))
}
