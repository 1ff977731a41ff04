//! `remember` and `remembered`: what the rule remembers, before and after.

use cuebook_core::ids::Account;
use cuebook_core::pid::Pid;
use cuebook_core::state::{StateKey, StateScope};
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, NativeCallContext};

use crate::convert::{to_dynamic, to_value};
use crate::host::remember::scope_of;
use crate::testing::current;
use crate::testing::failure::{TestFailure, fail};
use crate::testing::stage::Stage;
use crate::throw::Thrown;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn(
            "remember",
            |context: NativeCallContext, key: &str, value: Dynamic| {
                remember(&context, key, &value, None, None)
            },
        )
        .register_fn(
            "remember",
            |context: NativeCallContext, key: &str, value: Dynamic, scope: &str| {
                remember(&context, key, &value, Some(scope), None)
            },
        )
        .register_fn(
            "remember",
            |context: NativeCallContext, key: &str, value: Dynamic, scope: &str, subject: &str| {
                remember(&context, key, &value, Some(scope), Some(subject))
            },
        )
        .register_fn("remembered", |context: NativeCallContext, key: &str| {
            remembered(&context, key, None, None)
        })
        .register_fn(
            "remembered",
            |context: NativeCallContext, key: &str, scope: &str| {
                remembered(&context, key, Some(scope), None)
            },
        )
        .register_fn(
            "remembered",
            |context: NativeCallContext, key: &str, scope: &str, subject: &str| {
                remembered(&context, key, Some(scope), Some(subject))
            },
        );
}

fn remember(
    context: &NativeCallContext,
    key: &str,
    value: &Dynamic,
    scope: Option<&str>,
    subject: Option<&str>,
) -> Result<(), Thrown> {
    let set = current::with(|stage| {
        let key = full_key(stage, key, scope, subject)?;
        let value = to_value(value).map_err(|error| TestFailure::new(error.to_string()))?;
        stage.world.memory.set(key, value);
        Ok(())
    })?;
    set.map_err(|failure| fail(context, failure))
}

fn remembered(
    context: &NativeCallContext,
    key: &str,
    scope: Option<&str>,
    subject: Option<&str>,
) -> Result<Dynamic, Thrown> {
    let found = current::with(|stage| {
        let key = full_key(stage, key, scope, subject)?;
        Ok(stage
            .world
            .memory
            .get(&key)
            .map_or(Dynamic::UNIT, to_dynamic))
    })?;
    found.map_err(|failure| fail(context, failure))
}

/// The key that the rule beside the test means by `key`, for the subject of the last event where none is named.
fn full_key(
    stage: &Stage,
    key: &str,
    scope: Option<&str>,
    subject: Option<&str>,
) -> Result<StateKey, TestFailure> {
    let word = scope.map(Value::from);
    let scope = scope_of(word.as_ref()).map_err(|error| TestFailure::new(error.message))?;
    let rule = stage.rules.first().map(|rule| rule.name.clone());
    let of_rule = scope != StateScope::Shared;
    let subject = match (scope, subject) {
        (StateScope::Subject, Some(subject)) => Some(Pid::from(subject)),
        (StateScope::Subject, None) => {
            let last = stage.world.last_subject().cloned();
            Some(last.ok_or_else(|| {
                TestFailure::new("no event has come yet, so there is no subject to remember for")
                    .with_help("name it: `remember(\"key\", value, \"subject\", \"2932\")`")
            })?)
        }
        _ => None,
    };
    Ok(StateKey {
        account: Account::default(),
        scope,
        rule: rule.filter(|_| of_rule),
        subject,
        captured: false,
        key: key.to_owned(),
    })
}
