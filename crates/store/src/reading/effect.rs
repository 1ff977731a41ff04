//! The ledger.

use cuebook_core::clock::from_micros;
use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_core::rule::RuleName;
use cuebook_core::{Account, EffectId, EndpointId, EventId, RunId};

use super::words::{count, word};
use crate::entities::{effect_attempts, effects};
use crate::error::StoreError;

/// The effect of a row, with its attempts.
fn effect_of(row: effects::Model, attempts: Vec<Attempt>) -> Result<Effect, StoreError> {
    Ok(Effect {
        id: EffectId(row.id),
        account: Account(row.account),
        kind: row.kind,
        state: word("effect's state", &row.state, EffectState::from_word)?,
        target: row.target,
        key: row.key,
        run_id: row.run_id.map(RunId),
        event_id: EventId(row.event_id),
        rule: rule_of(&row.rule)?,
        endpoint: row.endpoint_id.map(EndpointId),
        path: row.path,
        attempts,
        created_at: from_micros(row.created_at),
        next_attempt_at: row.due_at.map(from_micros),
        settled_at: row.settled_at.map(from_micros),
    })
}

/// The effect of a row, as far as it can be read: one that cannot is shown as `unknown`, and an attempt of its own says why.
pub(crate) fn effect_shown(
    mut row: effects::Model,
    attempts: Vec<effect_attempts::Model>,
) -> Result<Effect, StoreError> {
    let mut read = Vec::with_capacity(attempts.len());
    let mut unreadable = Vec::new();
    for attempt in attempts {
        match attempt_of(attempt) {
            Ok(attempt) => read.push(attempt),
            Err(error) => unreadable.push(error),
        }
    }
    if let Err(error) = effect_of(row.clone(), Vec::new()) {
        EffectState::Unknown.as_str().clone_into(&mut row.state);
        if rule_of(&row.rule).is_err() {
            row.rule.clear();
        }
        unreadable.push(error);
    }
    for error in unreadable {
        let number = read.iter().map(|attempt| attempt.number).max();
        read.push(Attempt {
            number: number.unwrap_or_default() + 1,
            started_at: from_micros(row.created_at),
            ended_at: from_micros(row.created_at),
            outcome: AttemptOutcome::Unknown,
            status: None,
            error: Some(error.to_string()),
            answer: None,
        });
    }
    effect_of(row, read)
}

/// The rule behind an effect; a delivery to an endpoint has none.
pub(crate) fn rule_of(text: &str) -> Result<Option<RuleName>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = text.parse::<RuleName>();
    name.map(Some)
        .map_err(|_| StoreError::unreadable("rule's name", text))
}

/// The attempt of a row.
fn attempt_of(row: effect_attempts::Model) -> Result<Attempt, StoreError> {
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
