//! What the API answers, as far as the report needs it.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value as Json;

/// An event that was accepted.
#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    pub(super) id: String,
}

/// An event.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(super) id: String,
    pub(super) wire_type: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) state: String,
    pub(super) runs: Vec<RunBrief>,
}

/// A run of an event, in short.
#[derive(Debug, Deserialize)]
pub(super) struct RunBrief {
    pub(super) id: String,
}

/// A run with everything about it.
#[derive(Debug, Deserialize)]
pub(crate) struct Run {
    pub(super) id: String,
    pub(super) rule: String,
    pub(super) state: String,
    pub(super) reason: Option<String>,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) ended_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) steps: Vec<Step>,
    #[serde(default)]
    pub(super) logs: Vec<LogLine>,
    #[serde(default)]
    pub(super) effects: Vec<Effect>,
}

/// A step of a run.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Step {
    pub(super) path: String,
    pub(super) function: String,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) arguments: Vec<Json>,
    pub(super) error: Option<Json>,
    pub(super) line: Option<u32>,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) ended_at: Option<DateTime<Utc>>,
}

/// A line that a script logged.
#[derive(Debug, Deserialize)]
pub(super) struct LogLine {
    pub(super) level: String,
    pub(super) message: String,
    pub(super) line: Option<u32>,
    #[serde(default)]
    pub(super) fields: Json,
}

/// An effect of a run.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Effect {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) state: String,
    pub(super) target: String,
    #[serde(default)]
    pub(super) attempts: Vec<Json>,
}

impl Run {
    /// Whether nothing more happens by itself soon.
    pub(super) fn is_at_rest(&self) -> bool {
        !matches!(self.state.as_str(), "ready" | "running")
    }

    /// Whether nothing more happens by itself at all.
    pub(super) fn has_ended(&self) -> bool {
        self.is_at_rest() && self.state != "waiting"
    }

    /// Whether somebody should look at it.
    pub(super) fn went_wrong(&self) -> bool {
        matches!(self.state.as_str(), "failed" | "blocked")
    }

    /// Whether one of its effects has not been tried once.
    pub(super) fn has_untried_effects(&self) -> bool {
        self.effects
            .iter()
            .any(|effect| effect.state == "pending" && effect.attempts.is_empty())
    }
}
