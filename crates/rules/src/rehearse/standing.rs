//! Where a rehearsed run stands.

use cuebook_core::clock::Timestamp;
use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::{CallRequest, Divergence, StepPath};
use cuebook_core::run::RunState;
use cuebook_core::waiting::{seconds, sleeps, waits_for};

use crate::outcome::ScriptFailure;

/// Where a rehearsed run stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It can go on: it was not begun, or what it waited for has come.
    Ready,
    /// It waits.
    Waiting {
        /// Until when at the latest.
        until: Timestamp,
        /// For what.
        what: Waiting,
    },
    /// It asked for something that nobody had an answer to, and cannot go on.
    Unanswered {
        /// What it asked.
        calls: Vec<CallRequest>,
    },
    /// Its script came to its end.
    Completed,
    /// Its script said `skip`, or another run of its burst took its place.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Its script failed, or what it asked for.
    Failed(ScriptFailure),
    /// Its script asks for something else than its journal says.
    Blocked(Divergence),
    /// An event ended it.
    Cancelled {
        /// Why.
        reason: String,
    },
}

/// What a run waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum Waiting {
    /// Only for the time.
    Sleep,
    /// For an event at a step.
    Event {
        /// The step.
        path: StepPath,
        /// Which events end it.
        wait: EventWait,
    },
    /// To be tried again.
    Retry {
        /// Why.
        reason: String,
    },
    /// For quiet about its subject.
    Quiet,
}

impl Standing {
    /// The state that a run of the store would have.
    pub fn state(&self) -> RunState {
        match self {
            Self::Ready => RunState::Ready,
            Self::Waiting { .. } => RunState::Waiting,
            Self::Unanswered { .. } => RunState::Running,
            Self::Completed => RunState::Completed,
            Self::Skipped { .. } => RunState::Skipped,
            Self::Failed(_) => RunState::Failed,
            Self::Blocked(_) => RunState::Blocked,
            Self::Cancelled { .. } => RunState::Cancelled,
        }
    }

    /// The stable word for why, as a run of the store would have it.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Waiting { what, .. } => Some(match what {
                Waiting::Sleep => "sleep",
                Waiting::Event { .. } => "wait_for",
                Waiting::Retry { .. } => "retry",
                Waiting::Quiet => "debounce",
            }),
            Self::Failed(failure) => Some(&failure.code),
            Self::Blocked(_) => Some("diverged"),
            Self::Cancelled { .. } => Some("cancel_on"),
            Self::Ready | Self::Unanswered { .. } | Self::Completed | Self::Skipped { .. } => None,
        }
    }

    /// Why, in a sentence.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Waiting { until, what } => Some(what.reason(*until)),
            Self::Unanswered { calls } => {
                let functions: Vec<&str> = calls
                    .iter()
                    .map(|call| call.question.function.as_str())
                    .collect();
                Some(format!("there is no answer to {}", functions.join(", ")))
            }
            Self::Skipped { reason } | Self::Cancelled { reason } => Some(reason.clone()),
            Self::Failed(failure) => Some(failure.reason.clone()),
            Self::Blocked(divergence) => Some(divergence.to_string()),
            Self::Ready | Self::Completed => None,
        }
    }

    /// Until when it waits at the latest, where it does.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        match self {
            Self::Waiting { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// Whether nothing more happens by itself, however much time passes and whatever comes.
    pub fn has_ended(&self) -> bool {
        !matches!(self, Self::Ready | Self::Waiting { .. })
    }
}

impl Waiting {
    /// Why a run waits, in a sentence.
    pub fn reason(&self, until: Timestamp) -> String {
        match self {
            Self::Sleep => sleeps(until),
            Self::Event { wait, .. } => waits_for(&wait.types, wait.deadline),
            Self::Retry { reason } => reason.clone(),
            Self::Quiet => format!("waits for quiet until {}", seconds(until)),
        }
    }
}
