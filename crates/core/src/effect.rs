//! The ledger: what was done outside, is to be done, or may have been done.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::words;
use crate::ids::{Account, EffectId, EndpointId, EventId, RunId};
use crate::rule::RuleName;

words! {
    /// Where an effect stands.
    EffectState {
        /// It is to be done.
        Pending = "pending",
        /// The other side confirmed it.
        Done = "done",
        /// It was refused for good, or the attempts are used up.
        Failed = "failed",
        /// Nobody can know whether it was done.
        Unknown = "unknown",
        /// It waits for a person's approval.
        Held = "held",
        /// It was recorded and not performed.
        Captured = "captured",
        /// A person decided against it.
        Discarded = "discarded",
    }
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Its id.
    pub id: EffectId,
    /// Whose it is.
    pub account: Account,
    /// The function's name: `email::send`, `http::post`, …
    pub kind: String,
    /// Where it stands.
    pub state: EffectState,
    /// The receiver: a mail address, a URL without secrets, an event type.
    pub target: String,
    /// Its idempotency key, the same on each attempt.
    pub key: String,
    /// The run that wanted it; none of a delivery to an endpoint.
    pub run_id: Option<RunId>,
    /// The event behind it. There is none of this id behind a test of an endpoint.
    pub event_id: EventId,
    /// The rule behind the run.
    pub rule: Option<RuleName>,
    /// The endpoint that it is forwarded to.
    pub endpoint: Option<EndpointId>,
    /// The step that wanted it; of a test of an endpoint [`TEST`](crate::endpoint::TEST).
    pub path: String,
    /// What was tried.
    pub attempts: Vec<Attempt>,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// When it came to its state.
    pub settled_at: Option<Timestamp>,
}

words! {
    /// How an attempt ended.
    AttemptOutcome {
        /// The other side confirmed it.
        Done = "done",
        /// It failed for good.
        Failed = "failed",
        /// It failed and is tried again.
        Retry = "retry",
        /// Nobody can know.
        Unknown = "unknown",
    }
}

/// One attempt at an effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How.
    pub outcome: AttemptOutcome,
    /// The status that the other side answered, of HTTP or SMTP.
    pub status: Option<u16>,
    /// What went wrong.
    pub error: Option<String>,
    /// What the other side answered, bounded.
    pub answer: Option<String>,
}
