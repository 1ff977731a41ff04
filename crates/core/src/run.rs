//! A run: one event through one rule version.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::words;
use crate::ids::{Account, EventId, RunId};
use crate::pid::Pid;
use crate::rule::{RuleName, VersionHash};

words! {
    /// Where a run stands.
    RunState {
        /// It may be taken by a worker.
        Ready = "ready",
        /// A worker has it.
        Running = "running",
        /// It waits for a time.
        Waiting = "waiting",
        /// Its script came to its end.
        Completed = "completed",
        /// Its script said `skip`.
        Skipped = "skipped",
        /// Its script failed, or what it asked for.
        Failed = "failed",
        /// It cannot go on until an operator decides.
        Blocked = "blocked",
        /// An operator or another event ended it.
        Cancelled = "cancelled",
    }
}

impl RunState {
    /// Whether nothing more happens by itself.
    pub fn has_ended(self) -> bool {
        !matches!(self, Self::Ready | Self::Running | Self::Waiting)
    }
}

/// A run as it stands in the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its event.
    pub event_id: EventId,
    /// Whose it is.
    pub account: Account,
    /// Its rule.
    pub rule: RuleName,
    /// The version it is pinned to; `None` before its first step.
    pub rule_version: Option<VersionHash>,
    /// Where it stands.
    pub state: RunState,
    /// A stable word for why, such as `script_error`.
    pub code: Option<String>,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// What it is about.
    pub subject: Option<Pid>,
    /// How often it was begun anew.
    pub generation: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When an operator last had it go on or begin anew.
    pub begun_at: Option<Timestamp>,
    /// When a worker first took it.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it is due to wake.
    pub wake_at: Option<Timestamp>,
}
