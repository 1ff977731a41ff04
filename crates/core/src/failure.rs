//! What goes wrong in a call or a send, and what is to be done about it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// The error that a failed call throws into the script: `#{kind, message, status, attempts}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct CallError {
    /// A stable word, such as `timeout`, `refused`, `status`, `unknown`, `invalid`.
    pub kind: String,
    /// One sentence that says what happened and, where it helps, what to do.
    pub message: String,
    /// The status of the answer, where there was one.
    pub status: Option<u16>,
    /// How often it was tried.
    pub attempts: u32,
}

impl CallError {
    /// An error of `kind` before any attempt.
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            message: message.into(),
            status: None,
            attempts: 0,
        }
    }

    /// An argument that cannot be used; no attempt was made.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid", message)
    }

    /// The same with a status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same after `attempts`.
    #[must_use]
    pub fn after(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The map that a script catches.
    pub fn to_value(&self) -> Value {
        Value::Map(BTreeMap::from([
            ("kind".to_owned(), Value::from(self.kind.as_str())),
            ("message".to_owned(), Value::from(self.message.as_str())),
            (
                "status".to_owned(),
                self.status
                    .map_or(Value::Unit, |status| Value::Int(i64::from(status))),
            ),
            ("attempts".to_owned(), Value::Int(i64::from(self.attempts))),
        ]))
    }
}

/// A failed attempt, with the decision typed where it is known.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{error}")]
pub struct AttemptError {
    /// What happened.
    #[source]
    pub error: CallError,
    /// What to do.
    pub decision: Decision,
    /// Whether it may have been processed all the same, so that another attempt may do it twice.
    pub doubtful: bool,
    /// What the other side answered, bounded: for the ledger.
    pub answer: Option<String>,
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Try again: nothing was processed, or the call may be repeated. Not before `after`, where the other side said so.
    Retry {
        /// What `Retry-After` asked for.
        after: Option<Duration>,
    },
    /// Final: trying again cannot help.
    Fail,
    /// Nobody can know whether it was done.
    Unknown,
}

impl AttemptError {
    /// A final failure.
    pub fn fail(error: CallError) -> Self {
        Self::decided(error, Decision::Fail)
    }

    /// A failure that is worth another attempt.
    pub fn retry(error: CallError, after: Option<Duration>) -> Self {
        Self::decided(error, Decision::Retry { after })
    }

    /// An attempt whose outcome nobody can know.
    pub fn unknown(error: CallError) -> Self {
        Self::decided(error, Decision::Unknown).doubtful()
    }

    fn decided(error: CallError, decision: Decision) -> Self {
        Self {
            error,
            decision,
            doubtful: false,
            answer: None,
        }
    }

    /// The same, said to have been processed perhaps.
    #[must_use]
    pub fn doubtful(mut self) -> Self {
        self.doubtful = true;
        self
    }

    /// The same with what the other side answered.
    #[must_use]
    pub fn with_answer(mut self, answer: impl Into<String>) -> Self {
        self.answer = Some(answer.into());
        self
    }
}
