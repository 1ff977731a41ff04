//! `assert`, `assert_eq`, … : what a test demands.

use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, NativeCallContext};

use crate::convert::to_value;
use crate::testing::difference::{equal, kinds_hint};
use crate::testing::failure::{TestFailure, fail};
use crate::testing::literal::pretty;
use crate::throw::Thrown;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("assert", |context: NativeCallContext, yes: Dynamic| {
            holds(&context, &yes, "")
        })
        .register_fn(
            "assert",
            |context: NativeCallContext, yes: Dynamic, message: &str| {
                holds(&context, &yes, message)
            },
        )
        .register_fn("fail", |context: NativeCallContext, message: &str| {
            Err::<(), _>(fail(&context, TestFailure::new(message)))
        });
    two(engine, "assert_eq", are_equal);
    two(engine, "assert_ne", differ);
    two(engine, "assert_contains", contains);
    two(engine, "assert_not_contains", lacks);
}

/// An assertion about two values: `Err` is why it does not hold.
type Assertion = fn(&Value, &Value) -> Result<(), TestFailure>;

fn two(engine: &mut Engine, name: &'static str, assertion: Assertion) {
    let check = move |context: &NativeCallContext, a: &Dynamic, b: &Dynamic, message: &str| {
        let value = |side: &Dynamic| {
            to_value(side).map_err(|error| TestFailure::new(format!("{name}: {error}")))
        };
        let checked = value(a).and_then(|a| value(b).and_then(|b| assertion(&a, &b)));
        checked.map_err(|failure| fail(context, with_message(failure, message)))
    };
    engine
        .register_fn(
            name,
            move |context: NativeCallContext, a: Dynamic, b: Dynamic| check(&context, &a, &b, ""),
        )
        .register_fn(
            name,
            move |context: NativeCallContext, a: Dynamic, b: Dynamic, message: &str| {
                check(&context, &a, &b, message)
            },
        );
}

fn with_message(mut failure: TestFailure, message: &str) -> TestFailure {
    if !message.is_empty() {
        failure.message = format!("{message}: {}", failure.message);
    }
    failure
}

fn holds(context: &NativeCallContext, yes: &Dynamic, message: &str) -> Result<(), Thrown> {
    match yes.as_bool() {
        Ok(true) => Ok(()),
        Ok(false) => Err(fail(
            context,
            with_message(TestFailure::new("assertion failed"), message),
        )),
        Err(kind) => Err(fail(
            context,
            TestFailure::new(format!("assert takes true or false, not {kind}")),
        )),
    }
}

fn are_equal(left: &Value, right: &Value) -> Result<(), TestFailure> {
    if equal(left, right) {
        return Ok(());
    }
    let mut failure = sides("left and right are not equal", left, right);
    failure.help = kinds_hint(left, right);
    Err(failure)
}

fn differ(left: &Value, right: &Value) -> Result<(), TestFailure> {
    if equal(left, right) {
        return Err(sides("left and right are equal", left, right));
    }
    Ok(())
}

fn contains(whole: &Value, part: &Value) -> Result<(), TestFailure> {
    if has(whole, part)? {
        Ok(())
    } else {
        Err(sides("the left does not contain the right", whole, part))
    }
}

fn lacks(whole: &Value, part: &Value) -> Result<(), TestFailure> {
    if has(whole, part)? {
        Err(sides("the left contains the right", whole, part))
    } else {
        Ok(())
    }
}

fn sides(message: &str, left: &Value, right: &Value) -> TestFailure {
    TestFailure {
        sides: Some(Box::new((pretty(left), pretty(right)))),
        ..TestFailure::new(message)
    }
}

/// Whether `whole` contains `part`. In an array, a map stands for each item that has its members.
fn has(whole: &Value, part: &Value) -> Result<bool, TestFailure> {
    match (whole, part) {
        (Value::Text(whole), Value::Text(part)) => Ok(whole.contains(part.as_str())),
        (Value::Array(items), part) => Ok(items
            .iter()
            .any(|item| equal(item, part) || is_within(item, part))),
        (Value::Map(map), Value::Text(key)) => Ok(map.contains_key(key)),
        (Value::Map(_), Value::Map(_)) => Ok(is_within(whole, part)),
        _ => Err(TestFailure::new(format!(
            "a {} cannot contain a {}: give a text and a text, an array and an item, or a map and a map or key",
            whole.kind(),
            part.kind()
        ))),
    }
}

/// Whether `whole` has all members of the map `part`, each equal or again within.
fn is_within(whole: &Value, part: &Value) -> bool {
    let (Value::Map(whole), Value::Map(part)) = (whole, part) else {
        return false;
    };
    part.iter().all(|(key, wanted)| {
        whole
            .get(key)
            .is_some_and(|found| equal(found, wanted) || is_within(found, wanted))
    })
}
