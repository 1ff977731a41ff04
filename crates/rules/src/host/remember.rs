//! What a rule remembers, as a step sees it: a read answers with what this segment has changed so far.
//!
//! Changes take place when the segment has ended. So what a read finds in the database is only where they begin: a value
//! that the segment has set is answered from here, and what it has only counted up goes along with the question.

use cuebook_core::failure::CallError;
use cuebook_core::journal::SendRequest;
use cuebook_core::send::Route;
use cuebook_core::state::{StateChange, StateScope, StateWrite};
use cuebook_core::value::Value;

use super::run::Host;
use crate::suggest;

/// What the segment has done to a value so far.
#[derive(Debug, PartialEq)]
pub(super) enum Seen {
    /// The value is this, whatever it was before; `None` is no value.
    Known(Option<Value>),
    /// So much was added to whatever it was before.
    Added(i64),
}

impl Host {
    /// The scope that `argument` names, which a run without a subject may not have.
    pub(super) fn scope(&self, argument: Option<&Value>) -> Result<StateScope, CallError> {
        let scope = scope_of(argument)?;
        if scope == StateScope::Subject && self.input.event.subject.is_none() {
            return Err(CallError::invalid(
                "this event is about no booking and no person, so there is no \"subject\" to remember something for: \
                 name the scope \"rule\" or \"shared\"",
            ));
        }
        Ok(scope)
    }

    /// What the segment has done so far to the value called `key`.
    pub(super) fn seen(&self, scope: StateScope, key: &str) -> Result<Seen, CallError> {
        let mut seen = Seen::Added(0);
        for write in self.sends.iter().filter_map(write_of) {
            if write.scope != scope || write.key != key {
                continue;
            }
            seen = after(seen, &write)?;
        }
        Ok(seen)
    }
}

fn after(seen: Seen, write: &StateWrite) -> Result<Seen, CallError> {
    let refused =
        |error: cuebook_core::state::NotCountable| CallError::new("state", error.to_string());
    match (seen, &write.change) {
        (Seen::Added(sum), StateChange::Add(_)) => {
            let sum = write
                .change
                .applied_to(&write.key, Some(Value::Int(sum)))
                .map_err(refused)?;
            Ok(Seen::Added(
                sum.as_ref().and_then(Value::as_int).unwrap_or(0),
            ))
        }
        (Seen::Known(value), change) => Ok(Seen::Known(
            change.applied_to(&write.key, value).map_err(refused)?,
        )),
        (Seen::Added(_), change) => Ok(Seen::Known(
            change.applied_to(&write.key, None).map_err(refused)?,
        )),
    }
}

fn write_of(send: &SendRequest) -> Option<StateWrite> {
    let part = send.parts.first()?;
    if part.route != Route::State {
        return None;
    }
    StateWrite::of(part).ok()
}

/// The scope that an argument names.
pub(crate) fn scope_of(argument: Option<&Value>) -> Result<StateScope, CallError> {
    let Some(text) = argument.and_then(Value::as_text) else {
        return Ok(StateScope::Subject);
    };
    StateScope::from_word(text).ok_or_else(|| {
        let words: Vec<&str> = StateScope::ALL.iter().map(|scope| scope.as_str()).collect();
        let hint = suggest::help(text, &words, "there are")
            .map(|hint| format!(" ({hint})"))
            .unwrap_or_default();
        CallError::invalid(format!(
            "there is no scope {:?}{hint}",
            suggest::shown(text)
        ))
    })
}
