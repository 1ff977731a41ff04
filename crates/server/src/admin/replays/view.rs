//! A replay as the API shows it.

use std::collections::BTreeMap;

use cuebook_core::replay::{Replay, ReplayOf, ReplayState};
use cuebook_core::rule::RuleName;
use cuebook_core::{ReplayId, Timestamp};
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{ApiResponse, Object};
use serde_json::{Value, json};

use super::request::{EffectsWanted, VersionBody};
use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// A replay of many events.
#[derive(Debug, Object)]
#[oai(rename = "Replay", example)]
pub(crate) struct ReplayBody {
    /// Its id.
    id: Text<ReplayId>,
    /// Where it stands.
    state: Text<ReplayState>,
    /// Why, where the state alone does not say it.
    reason: Option<String>,
    /// Through which rule; `null` for all that are for the event.
    rule: Option<Text<RuleName>>,
    /// On which version of the rules.
    version: VersionBody,
    /// What becomes of writes and sends.
    effects: EffectsWanted,
    /// Which events: the number of those that were named, or the filter, without the text that was searched for once the
    /// replay is over.
    events: Any<Value>,
    /// How many events it is about.
    total: u64,
    /// How many of them were replayed.
    replayed: u64,
    /// For how many of them there was nothing to do: no rule, no run of former times, no event any more.
    skipped: u64,
    /// How many of its runs are in which state; empty in lists.
    runs: Any<Value>,
    /// The key by which it was asked for.
    key: String,
    /// What for.
    note: Option<String>,
    /// When it was asked for.
    created_at: Text<Timestamp>,
    /// When it ended.
    ended_at: Option<Text<Timestamp>>,
}

/// A page of replays, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct ReplayPage {
    /// The replays.
    pub(crate) items: Vec<ReplayBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(crate) next_cursor: Option<Text<Cursor>>,
}

/// How many events a replay would be about.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct ReplayCount {
    /// How many events there are.
    total: u64,
}

/// The answer to a replay that was asked for.
#[derive(ApiResponse)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is made once and answered at once"
)]
pub(crate) enum Begun {
    /// The events were counted, and nothing was done.
    #[oai(status = 200)]
    Counted(Json<ReplayCount>),
    /// The replay goes on by itself from now on.
    #[oai(status = 201)]
    Created(
        Json<ReplayBody>,
        /// Where the replay is shown.
        #[oai(header = "Location")]
        String,
    ),
}

impl ReplayBody {
    /// The replay with the states of its runs.
    pub(crate) fn new(replay: Replay, runs: &BTreeMap<String, u64>, masking: Masking) -> Self {
        let events = match replay.of {
            ReplayOf::Events(ids) => json!({ "named": ids.len() }),
            ReplayOf::Filter(mut filter) => {
                // Where `q` was looked for is told by the key's scopes.
                filter.names_only = false;
                json!({ "filter": filter })
            }
        };
        Self {
            id: Text(replay.id),
            state: Text(replay.state),
            reason: masking.optional(replay.ended_because),
            rule: replay.rule.map(Text),
            version: replay.version.into(),
            effects: if replay.perform {
                EffectsWanted::Perform
            } else {
                EffectsWanted::Capture
            },
            events: Any(masking.json(events)),
            total: replay.total,
            replayed: replay.replayed,
            skipped: replay.skipped,
            runs: Any(json!(runs)),
            key: replay.key_id,
            note: masking.optional(replay.reason),
            created_at: Text(replay.created_at),
            ended_at: replay.ended_at.map(Text),
        }
    }
}

impl ReplayCount {
    /// So many.
    pub(crate) fn new(total: u64) -> Self {
        Self { total }
    }
}

impl Example for ReplayCount {
    fn example() -> Self {
        Self { total: 40 }
    }
}

impl Example for ReplayBody {
    fn example() -> Self {
        Self {
            id: Text(ReplayId(sample::event_id().0)),
            state: Text(ReplayState::Completed),
            reason: None,
            rule: "manual/apology".parse().ok().map(Text),
            version: VersionBody::Newest,
            effects: EffectsWanted::Perform,
            events: Any(json!({"filter": {"rule": "new-booking/thank-you"}})),
            total: 40,
            replayed: 40,
            skipped: 0,
            runs: Any(json!({"completed": 40})),
            key: sample::KEY_ID.to_owned(),
            note: Some("the link in the mail was wrong".to_owned()),
            created_at: Text(sample::instant(0)),
            ended_at: Some(Text(sample::instant(2))),
        }
    }
}

impl Example for ReplayPage {
    fn example() -> Self {
        Self {
            items: vec![ReplayBody::example()],
            next_cursor: None,
        }
    }
}
