//! Between a run's steps and what rules remember: which key a step means, what a read is answered with, what a segment
//! changes, which key a claim is for.

use chrono::TimeDelta;

use crate::clock::Timestamp;
use crate::event::Event;
use crate::failure::CallError;
use crate::ids::Account;
use crate::journal::{CallRequest, SendRequest, StepAnswer};
use crate::rule::RuleName;
use crate::send::{PreparedSend, Route};
use crate::state::{NotAWrite, StateChange, StateKey, StateScope, StateWrite};
use crate::value::Value;

/// The function that reads what is remembered.
pub const GET: &str = "state::get";
/// The function that claims a key.
pub const ONCE: &str = "once";

/// Where a run stands among what rules remember.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Its account.
    pub account: &'a Account,
    /// Its rule.
    pub rule: &'a RuleName,
    /// Its event.
    pub event: &'a Event,
}

impl Whose<'_> {
    /// The full key of what the run calls `key`.
    pub fn key(self, scope: StateScope, key: &str) -> StateKey {
        let of_rule = scope != StateScope::Shared;
        let of_subject = scope == StateScope::Subject;
        StateKey {
            account: self.account.clone(),
            scope,
            rule: of_rule.then(|| self.rule.clone()),
            subject: self.event.subject.clone().filter(|_| of_subject),
            captured: self.event.capture,
            key: key.to_owned(),
        }
    }

    /// What the sends of a segment change.
    ///
    /// # Errors
    /// Where a send carries what is no change.
    pub fn changes(self, sends: &[SendRequest]) -> Result<Vec<(StateKey, StateChange)>, NotAWrite> {
        let change = |part: &PreparedSend| {
            let write = StateWrite::of(part)?;
            Ok((self.key(write.scope, &write.key), write.change))
        };
        sends
            .iter()
            .flat_map(|send| &send.parts)
            .filter(|part| part.route == Route::State)
            .map(change)
            .collect()
    }
}

/// A read of what is remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRead {
    /// What is read.
    pub key: StateKey,
    default: Value,
    /// What the segment itself has counted up so far.
    added: Option<i64>,
}

impl StateRead {
    /// The read that `call` is; `None` where it is another call.
    pub fn of(whose: Whose<'_>, call: &CallRequest) -> Option<Self> {
        if call.question.function != GET {
            return None;
        }
        let text = |at: usize| call.arguments.get(at).and_then(Value::as_text);
        let scope = text(2)
            .and_then(StateScope::from_word)
            .unwrap_or(StateScope::Subject);
        Some(Self {
            key: whose.key(scope, text(0).unwrap_or_default()),
            default: call.arguments.get(1).cloned().unwrap_or_default(),
            added: call.arguments.get(3).and_then(Value::as_int),
        })
    }

    /// What it is answered with where `value` is remembered.
    pub fn answer(self, value: Option<Value>) -> StepAnswer {
        let seen = match self.added {
            None => value,
            Some(by) => StateChange::Add(by)
                .applied_to(&self.key.key, value)
                .map_err(|error| CallError::new("state", error.to_string()))?,
        };
        Ok(seen.unwrap_or(self.default))
    }
}

/// A key that a run wants for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWanted {
    /// The key.
    pub key: String,
    /// Until when; for good, where it says nothing.
    pub until: Option<Timestamp>,
}

impl KeyWanted {
    /// The key that `call` claims at `now`; `None` where it is another call.
    pub fn of(call: &CallRequest, now: Timestamp) -> Option<Self> {
        if call.question.function != ONCE {
            return None;
        }
        let key = call.arguments.first().and_then(Value::as_text);
        let seconds = call.arguments.get(2).and_then(Value::as_int);
        Some(Self {
            key: key.unwrap_or_default().to_owned(),
            until: seconds
                .and_then(TimeDelta::try_seconds)
                .and_then(|length| now.checked_add_signed(length)),
        })
    }
}
