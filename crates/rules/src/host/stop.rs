//! Why a script must not go on. Nothing catches these: whatever the script does with the error that it sees, it is the
//! stop flag that decides.

use std::time::Duration;

use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::{Divergence, StepRecord};

/// Why a script must not go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// Answers are outstanding.
    Suspended,
    /// It waits for a time.
    Waiting(Box<StepRecord>),
    /// It waits for an event.
    Awaiting(Box<(StepRecord, EventWait)>),
    /// It said how it ends.
    Ended(End),
    /// It asks for something else than its journal says.
    Diverged(Divergence),
    /// It did what no script may.
    Broken {
        /// What.
        message: String,
        /// In which line.
        line: Option<u32>,
    },
}

/// How a script said that it ends.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// `skip(reason)`.
    Skip {
        /// Why.
        reason: String,
    },
    /// `fail(reason)`.
    Fail {
        /// Why.
        reason: String,
        /// In which line.
        line: Option<u32>,
    },
    /// `retry_in(delay, reason)`.
    RetryIn {
        /// How much later.
        delay: Duration,
        /// Why.
        reason: String,
    },
}
