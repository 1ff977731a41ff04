//! The two stages.

use chrono::TimeDelta;

use super::Retention;

/// What is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// What events and runs say.
    Payloads,
    /// That they were.
    Metadata,
}

impl Stage {
    /// Its word in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Payloads => "payloads",
            Self::Metadata => "metadata",
        }
    }

    /// The name of the fact that says up to which event it has come.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Payloads => "retention_payloads",
            Self::Metadata => "retention_metadata",
        }
    }

    /// How long things are kept.
    pub(super) fn keeps(self, retention: &Retention) -> TimeDelta {
        match self {
            Self::Payloads => retention.payloads,
            Self::Metadata => retention.metadata,
        }
    }
}
