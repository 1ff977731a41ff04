//! What rules remember between runs: small values by key, each in a scope.

use serde::{Deserialize, Serialize};

use crate::event::words;
use crate::ids::Account;
use crate::pid::Pid;
use crate::rule::RuleName;
use crate::send::PreparedSend;
use crate::value::Value;

words! {
    /// Who shares a value.
    StateScope {
        /// The runs of one rule for one subject.
        Subject = "subject",
        /// All runs of one rule.
        Rule = "rule",
        /// All rules.
        Shared = "shared",
    }
}

/// Whose values they are: a key of a scope, from where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKey {
    /// The account.
    pub account: Account,
    /// The scope.
    pub scope: StateScope,
    /// The rule, in the scopes that are a rule's.
    pub rule: Option<RuleName>,
    /// The subject, in the scope that is a subject's.
    pub subject: Option<Pid>,
    /// Whether it belongs to the runs of captured events: what is only tried leaves no trace in what is real.
    pub captured: bool,
    /// The key.
    pub key: String,
}

/// A change of a value. It takes place when the segment of its run has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateChange {
    /// The value is this from now on.
    Set(Value),
    /// So much is added to the whole number that it is; where there is none, to zero.
    Add(i64),
    /// There is no value any more.
    Remove,
}

/// A change as a send carries it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateWrite {
    /// The scope.
    pub scope: StateScope,
    /// The key.
    pub key: String,
    /// What becomes of the value.
    pub change: StateChange,
}

/// What a send carries is no change of what rules remember.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change cannot be read: {0}")]
pub struct NotAWrite(String);

impl StateWrite {
    /// The change that a send with [`Route::State`](crate::send::Route::State) carries.
    ///
    /// # Errors
    /// Where it carries something else.
    pub fn of(send: &PreparedSend) -> Result<Self, NotAWrite> {
        Self::deserialize(&send.envelope).map_err(|error| NotAWrite(error.to_string()))
    }
}

/// Why a value cannot be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCountable {
    /// It is something else than a whole number.
    #[error("state::incr: {key:?} holds a {kind}, and only whole numbers can be counted up")]
    Kind {
        /// The key.
        key: String,
        /// What it holds.
        kind: &'static str,
    },
    /// The sum is too large.
    #[error("state::incr: the sum of {key:?} has more than 64 bits")]
    TooLarge {
        /// The key.
        key: String,
    },
}

impl StateChange {
    /// What becomes of `value`, which is called `key`; `None` is no value.
    ///
    /// # Errors
    /// Where something else than a whole number is to be counted up, or the sum is too large.
    pub fn applied_to(
        &self,
        key: &str,
        value: Option<Value>,
    ) -> Result<Option<Value>, NotCountable> {
        match self {
            Self::Set(value) => Ok(Some(value.clone())),
            Self::Remove => Ok(None),
            Self::Add(by) => match value {
                None => Ok(Some(Value::Int(*by))),
                Some(Value::Int(number)) => number
                    .checked_add(*by)
                    .map(|sum| Some(Value::Int(sum)))
                    .ok_or_else(|| NotCountable::TooLarge {
                        key: key.to_owned(),
                    }),
                Some(other) => Err(NotCountable::Kind {
                    key: key.to_owned(),
                    kind: other.kind(),
                }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_begins_at_zero_and_refuses_what_is_no_number() {
        let add = StateChange::Add(2);
        assert_eq!(add.applied_to("k", None), Ok(Some(Value::Int(2))));
        assert_eq!(
            add.applied_to("k", Some(Value::Int(40))),
            Ok(Some(Value::Int(42)))
        );
        let refused = add.applied_to("k", Some(Value::from("a"))).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "state::incr: \"k\" holds a string, and only whole numbers can be counted up"
        );
        let too_large = add.applied_to("k", Some(Value::Int(i64::MAX)));
        assert!(matches!(too_large, Err(NotCountable::TooLarge { .. })));
    }

    #[test]
    fn a_change_is_read_back_as_it_was_written() {
        let money = Value::Decimal("50.00".parse().unwrap());
        for change in [
            StateChange::Set(Value::from([("paid", money)])),
            StateChange::Add(-1),
            StateChange::Remove,
        ] {
            let write = StateWrite {
                scope: StateScope::Rule,
                key: "k".to_owned(),
                change,
            };
            let json = serde_json::to_value(&write).unwrap();
            assert_eq!(serde_json::from_value::<StateWrite>(json).unwrap(), write);
        }
    }
}
