//! Replays, from their rows and back.

use cuebook_core::clock::from_micros;
use cuebook_core::replay::{Replay, ReplayFilter, ReplayOf, ReplayState, ReplayVersion};
use cuebook_core::{EventId, ReplayId};
use serde::{Deserialize, Serialize};

use super::words::word;
use crate::entities::replays;
use crate::error::StoreError;

/// A selection as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Selection {
    Events(Vec<EventId>),
    Filter(ReplayFilter),
}

/// The replay of a row.
pub(crate) fn replay_of(row: replays::Model) -> Result<Replay, StoreError> {
    let selection = serde_json::from_slice(&row.selection)
        .map_err(|error| StoreError::unreadable("replay's selection", error.to_string()))?;
    let rule = row.rule.map(|text| {
        let name = text.parse();
        name.map_err(|_| StoreError::unreadable("rule's name", &text))
    });
    let number = |number: i64| u64::try_from(number).unwrap_or_default();
    Ok(Replay {
        id: ReplayId(row.id),
        state: word("replay's state", &row.state, ReplayState::from_word)?,
        ended_because: row.ended_because,
        of: match selection {
            Selection::Events(ids) => ReplayOf::Events(ids),
            Selection::Filter(filter) => ReplayOf::Filter(filter),
        },
        rule: rule.transpose()?,
        version: word("replay's version", &row.version, ReplayVersion::from_word)?,
        perform: row.perform,
        reason: row.reason,
        key_id: row.key_id,
        total: number(row.total),
        replayed: number(row.replayed),
        skipped: number(row.skipped),
        created_at: from_micros(row.created_at),
        ended_at: row.ended_at.map(from_micros),
        position: row.position.map(EventId),
        newest: row.newest.map(EventId),
    })
}

/// A selection as it is stored.
pub(crate) fn selection_text(of: &ReplayOf) -> Result<Vec<u8>, StoreError> {
    let selection = match of {
        ReplayOf::Events(ids) => Selection::Events(ids.clone()),
        ReplayOf::Filter(filter) => Selection::Filter(filter.clone()),
    };
    serde_json::to_vec(&selection).map_err(|error| StoreError::Invalid(error.to_string()))
}
