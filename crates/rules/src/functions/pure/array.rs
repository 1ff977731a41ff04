//! What arrays have beside Rhai's own methods: `group_by`.

use cuebook_core::function::{Parameter, ParameterKind};
use rhai::{Array, Dynamic, Engine, FnPtr, Map, NativeCallContext};
use rust_decimal::Decimal;

use super::function::{Body, PureFunction};
use crate::convert::kind_of;
use crate::throw::{Thrown, invalid};

/// `array.group_by(|item| …)`.
pub(super) const GROUP_BY: PureFunction = PureFunction {
    name: "group_by",
    parameters: &[
        Parameter {
            name: "array",
            kind: ParameterKind::Array,
            required: true,
            doc: "The items. Written as a method: `array.group_by(…)`.",
        },
        Parameter {
            name: "key",
            kind: ParameterKind::Any,
            required: true,
            doc: "A function that gives an item's key: a string, a number or a bool.",
        },
    ],
    answer: "map",
    doc: "Sorts the items of an array into a map of arrays by what the function gives for each. Keys become strings.",
    example: r#"["Anna", "Ben", "Alma"].group_by(|name| name.sub_string(0, 1))"#,
    gives: r#"#{"A": ["Anna", "Alma"], "B": ["Ben"]}"#,
    body: Body::Engine(register),
};

fn register(engine: &mut Engine) {
    engine.register_fn("group_by", group_by);
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "Rhai's functions own their arguments"
)]
fn group_by(context: NativeCallContext<'_>, array: &mut Array, key: FnPtr) -> Result<Map, Thrown> {
    let mut groups = Map::new();
    for item in array.iter() {
        let found: Dynamic = key.call_within_context(&context, (item.clone(),))?;
        let found = text_of(&found)?;
        let group = groups
            .entry(found.as_str().into())
            .or_insert_with(|| Dynamic::from_array(Array::new()));
        if let Some(mut group) = group.write_lock::<Array>() {
            group.push(item.clone());
        }
    }
    Ok(groups)
}

fn text_of(key: &Dynamic) -> Result<String, Thrown> {
    if let Ok(text) = key.clone().into_string() {
        return Ok(text);
    }
    if let Ok(int) = key.as_int() {
        return Ok(int.to_string());
    }
    if let Ok(yes) = key.as_bool() {
        return Ok(yes.to_string());
    }
    if let Some(decimal) = key.read_lock::<Decimal>() {
        return Ok(decimal.to_string());
    }
    Err(invalid(format!(
        "group_by: a key has to be a string, a number or a bool, not {}",
        kind_of(key)
    )))
}
