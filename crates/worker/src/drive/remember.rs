//! What rules remember, between a script and the store: reads are answered from the database in place, changes are handed
//! to the end of the segment.

use cuebook_core::event::Event;
use cuebook_core::journal::{CallRequest, SendRequest, StepAnswer};
use cuebook_core::run::Run;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::state::{NotAWrite, StateChange, StateKey, StateScope, StateWrite};
use cuebook_core::{CallError, Value};

use super::passes::Drive;
use super::run::LetGo;
use crate::back_off::until_available;

/// The function that reads.
const GET: &str = "state::get";

impl Drive<'_> {
    /// The answer to a call that the store has; `None` where the call goes outside.
    pub(super) async fn remembered(&self, call: &CallRequest) -> Result<Option<StepAnswer>, LetGo> {
        if call.question.function != GET {
            return Ok(None);
        }
        let text = |at: usize| call.arguments.get(at).and_then(Value::as_text);
        let scope = text(2)
            .and_then(StateScope::from_word)
            .unwrap_or(StateScope::Subject);
        let key = key(&self.run, &self.event, scope, text(0).unwrap_or_default());
        let value = until_available(|| self.shared.parts.store.read_state(&key)).await?;
        let answer = match call.arguments.get(3).and_then(Value::as_int) {
            None => Ok(value),
            // What the segment itself has counted up so far.
            Some(by) => StateChange::Add(by)
                .applied_to(&key.key, value)
                .map_err(|error| CallError::new("state", error.to_string())),
        };
        let default = || call.arguments.get(1).cloned().unwrap_or_default();
        Ok(Some(answer.map(|value| value.unwrap_or_else(default))))
    }
}

/// What the sends of a segment change.
pub(super) fn changes(
    run: &Run,
    event: &Event,
    sends: &[SendRequest],
) -> Result<Vec<(StateKey, StateChange)>, NotAWrite> {
    let change = |part: &PreparedSend| {
        let write = StateWrite::of(part)?;
        Ok((key(run, event, write.scope, &write.key), write.change))
    };
    sends
        .iter()
        .flat_map(|send| &send.parts)
        .filter(|part| part.route == Route::State)
        .map(change)
        .collect()
}

/// The full key of what a run calls `key`.
fn key(run: &Run, event: &Event, scope: StateScope, key: &str) -> StateKey {
    let of_rule = scope != StateScope::Shared;
    let of_subject = scope == StateScope::Subject;
    StateKey {
        account: run.account.clone(),
        scope,
        rule: of_rule.then(|| run.rule.clone()),
        subject: event.subject.clone().filter(|_| of_subject),
        captured: event.capture,
        key: key.to_owned(),
    }
}
