//! A line that a script logged.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::words;
use crate::value::Value;

words! {
    /// How much a line matters.
    LogLevel {
        /// The finest.
        Trace = "trace",
        /// The usual.
        Info = "info",
        /// Something looks wrong.
        Warn = "warn",
        /// Something is wrong.
        Error = "error",
    }
}

/// A line that a script logged, keyed by its place so that a replay repeats none.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLine {
    /// Its place among the run's lines, such as `3` or `2.0.1` within a branch; see [`crate::journal::Rounds`].
    pub key: String,
    /// How much it matters.
    pub level: LogLevel,
    /// What it says.
    pub message: String,
    /// Its fields; `()` where there are none.
    pub fields: Value,
    /// When the script said it.
    pub at: Timestamp,
    /// The line of the script.
    pub line: Option<u32>,
}
