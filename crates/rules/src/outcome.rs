//! How a pass of a script ended.

use std::time::Duration;

use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::{CallRequest, Divergence, StepRecord};

/// How a pass of a script ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The script came to its end.
    Completed,
    /// The script said `skip`.
    Skipped {
        /// Why.
        reason: String,
    },
    /// The script failed.
    Failed(ScriptFailure),
    /// The script waits for answers.
    Suspended {
        /// The calls that it asks for. Those that stand unanswered in the journal are in flight and not repeated, so this
        /// may be empty.
        calls: Vec<CallRequest>,
    },
    /// The script waits for a time: the segment ends.
    Waiting {
        /// The wait, without an answer.
        step: StepRecord,
    },
    /// The script waits for an event, or for the time when it is too late: the segment ends.
    Awaiting {
        /// The wait, without an answer.
        step: StepRecord,
        /// Which events would end it.
        wait: EventWait,
    },
    /// The script wants to be tried again later, from after its last write or long wait.
    RetryIn {
        /// How much later.
        delay: Duration,
        /// Why.
        reason: String,
    },
    /// The script asks for something else than its journal says.
    Blocked(Divergence),
}

/// Why a script failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptFailure {
    /// `script_error`, `failed` (it said `fail`), `limit` or `panic`.
    pub code: String,
    /// What happened, with file and line.
    pub reason: String,
    /// The line.
    pub line: Option<u32>,
}
