//! The ledger.

use cuebook_core::clock::from_micros;
use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_core::rule::RuleName;
use cuebook_core::{Account, EffectId, EventId, RunId};

use super::words::{count, word};
use crate::entities::{effect_attempts, effects};
use crate::error::StoreError;

/// The effect of a row, with its attempts.
pub(crate) fn effect_of(row: effects::Model, attempts: Vec<Attempt>) -> Result<Effect, StoreError> {
    Ok(Effect {
        id: EffectId(row.id),
        account: Account(row.account),
        kind: row.kind,
        state: word("effect's state", &row.state, EffectState::from_word)?,
        target: row.target,
        key: row.key,
        run_id: RunId(row.run_id),
        event_id: EventId(row.event_id),
        rule: row
            .rule
            .parse::<RuleName>()
            .map_err(|_| StoreError::unreadable("rule's name", row.rule))?,
        path: row.path,
        attempts,
        created_at: from_micros(row.created_at),
        next_attempt_at: row.due_at.map(from_micros),
        settled_at: row.settled_at.map(from_micros),
    })
}

/// The attempt of a row.
pub(crate) fn attempt_of(row: effect_attempts::Model) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        number: count(row.number),
        started_at: from_micros(row.started_at),
        ended_at: from_micros(row.ended_at),
        outcome: word("attempt's outcome", &row.outcome, AttemptOutcome::from_word)?,
        status: row.status.and_then(|status| u16::try_from(status).ok()),
        error: row.error,
        answer: row.answer,
    })
}
