//! How long what is kept.

use chrono::TimeDelta;

/// How long things are kept after the end of an event's last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What events and runs say: bytes, journals, lines, mails.
    pub payloads: TimeDelta,
    /// That they were, and what became of them. Not shorter than `payloads`.
    pub metadata: TimeDelta,
}

impl Default for Retention {
    /// 30 and 400 days.
    fn default() -> Self {
        Self {
            payloads: TimeDelta::days(30),
            metadata: TimeDelta::days(400),
        }
    }
}
