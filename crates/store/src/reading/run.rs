//! Runs.

use cuebook_core::clock::from_micros;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::{Run, RunState};
use cuebook_core::{Account, EventId, Pid, RunId};

use super::words::{count, word};
use crate::entities::runs;
use crate::error::StoreError;

/// The run of a row.
pub(crate) fn run_of(row: runs::Model) -> Result<Run, StoreError> {
    Ok(Run {
        id: RunId(row.id),
        event_id: EventId(row.event_id),
        account: Account(row.account),
        rule: row
            .rule
            .parse::<RuleName>()
            .map_err(|_| StoreError::unreadable("rule's name", row.rule))?,
        rule_version: row.rule_version.map(VersionHash),
        state: word("run's state", &row.state, RunState::from_word)?,
        code: row.code,
        reason: row.reason,
        subject: row.subject.as_deref().map(Pid::from),
        generation: count(row.generation),
        created_at: from_micros(row.created_at),
        begun_at: row.begun_at.map(from_micros),
        started_at: row.started_at.map(from_micros),
        ended_at: row.ended_at.map(from_micros),
        wake_at: row.wake_at.map(from_micros),
    })
}
