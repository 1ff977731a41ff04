//! Runs.

use cuebook_core::clock::from_micros;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::{Run, RunState};
use cuebook_core::{Account, EventId, Pid, RunId};

use super::words::{count, word};
use crate::entities::runs;
use crate::error::StoreError;

/// The stable word of a run that cannot be read.
pub(crate) const UNREADABLE: &str = "unreadable";
/// The name under which a run is shown whose rule's name cannot be read; its reason tells what stands there.
const STAND_IN: &str = "any/unreadable";

/// The run of a row, as far as it can be read: one that cannot is shown as `blocked`, and its reason says why.
pub(crate) fn run_shown(mut row: runs::Model) -> Result<Run, StoreError> {
    let Err(error) = run_of(row.clone()) else {
        return run_of(row);
    };
    if row.rule.parse::<RuleName>().is_err() {
        STAND_IN.clone_into(&mut row.rule);
    }
    RunState::Blocked.as_str().clone_into(&mut row.state);
    row.code = Some(UNREADABLE.to_owned());
    row.reason = Some(error.to_string());
    run_of(row)
}

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
