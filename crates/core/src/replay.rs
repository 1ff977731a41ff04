//! Replays: many events once more, one after another, each as an event of its own.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::{EventState, Origin, words};
use crate::ids::{EventId, ReplayId};
use crate::rule::{RuleName, VersionHash};

words! {
    /// Where a replay stands.
    ReplayState {
        /// It is worked off.
        Running = "running",
        /// All its events were replayed.
        Completed = "completed",
        /// A person has ended it.
        Cancelled = "cancelled",
        /// It cannot go on.
        Failed = "failed",
    }
}

words! {
    /// On which version of its rules a replay runs.
    ReplayVersion {
        /// On the one that is in force.
        Newest = "newest",
        /// On the one that the event's run had.
        Original = "original",
    }
}

/// Which events are replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayOf {
    /// These, each once.
    Events(Vec<EventId>),
    /// Those that a filter finds.
    Filter(ReplayFilter),
}

/// Which events a replay is about; what is left out narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplayFilter {
    /// Of one of these types; of any if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// About this booking or person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// In this state, while the replay is at them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<EventState>,
    /// That came so. Where none is named, all but those that are replays themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// With a run of this rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
    /// With a run on this version of its rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_version: Option<VersionHash>,
    /// Received at or after this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Received before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// With each word of this text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Whether texts are only looked for where no address of a person stands.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names_only: bool,
}

/// A replay that somebody has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// Its id.
    pub id: ReplayId,
    /// Where it stands.
    pub state: ReplayState,
    /// Why, where the state alone does not say it.
    pub ended_because: Option<String>,
    /// Of which events.
    pub of: ReplayOf,
    /// Through this rule alone; through all that are for the event, where none is named.
    pub rule: Option<RuleName>,
    /// On which version.
    pub version: ReplayVersion,
    /// Whether effects are performed; otherwise they are recorded only.
    pub perform: bool,
    /// What for.
    pub reason: Option<String>,
    /// The key of the API by which it was asked for.
    pub key_id: String,
    /// How many events it is about.
    pub total: u64,
    /// How many of them were replayed.
    pub replayed: u64,
    /// How many of them no rule was for.
    pub skipped: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The event that it is at: those before it are done.
    pub position: Option<EventId>,
    /// The newest event that there was when it was asked for.
    pub newest: Option<EventId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_kept_as_it_was_given() {
        let filter = ReplayFilter {
            types: vec!["new-booking".to_owned()],
            state: Some(EventState::Processed),
            origin: Some(Origin::Webhook),
            rule: "new-booking/thanks".parse().ok(),
            names_only: true,
            ..ReplayFilter::default()
        };
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<ReplayFilter>(&text).unwrap(), filter);
        let all: ReplayFilter = serde_json::from_str("{}").unwrap();
        assert_eq!(all, ReplayFilter::default());
    }
}
