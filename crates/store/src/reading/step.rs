//! Steps and log lines.

use cuebook_core::clock::from_micros;
use cuebook_core::journal::{StepAnswer, StepPath, StoredAnswer};
use cuebook_core::log_line::{LogLevel, LogLine};
use serde::de::DeserializeOwned;

use super::words::{count, word};
use crate::entities::logs;
use crate::error::StoreError;

/// A step's path.
pub(crate) fn step_path(text: &str) -> Result<StepPath, StoreError> {
    text.parse()
        .map_err(|_| StoreError::unreadable("step's path", text))
}

/// A step's answer, from whether it threw and the bytes of what it answered.
pub(crate) fn answer_of(
    threw: Option<bool>,
    bytes: Option<&[u8]>,
) -> Result<Option<StepAnswer>, StoreError> {
    StoredAnswer::read(threw, bytes)
        .map_err(|error| StoreError::unreadable("step's answer", error.to_string()))
}

/// The log line of a row.
pub(crate) fn log_of(row: logs::Model) -> Result<LogLine, StoreError> {
    Ok(LogLine {
        level: word("log level", &row.level, LogLevel::from_word)?,
        fields: json("log line's fields", &row.fields)?,
        key: row.key,
        message: row.message,
        at: from_micros(row.at),
        line: row.line.map(count),
    })
}

fn json<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::unreadable(what, error.to_string()))
}
