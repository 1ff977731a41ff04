//! Reads the arguments of a function against its descriptor.
//!
//! The rules' checker does the same before a script runs; here it guards what comes from a journal or a variable.

use std::collections::BTreeMap;
use std::time::Duration;

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::OptionKey;

/// An options map whose keys and kinds have been checked.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a>(Option<&'a BTreeMap<String, Value>>);

impl<'a> Options<'a> {
    /// Checks `value` against `keys`. A key whose value is `()` counts as left out.
    pub(crate) fn check(value: Option<&'a Value>, keys: &[OptionKey]) -> Result<Self, CallError> {
        let map = match value {
            None | Some(Value::Unit) => return Ok(Self(None)),
            Some(Value::Map(map)) => map,
            Some(other) => {
                return Err(CallError::invalid(format!(
                    "options are a map, not {}",
                    other.kind()
                )));
            }
        };
        for (name, value) in map {
            let key = keys
                .iter()
                .find(|key| key.name == name)
                .ok_or_else(|| unknown(name, keys))?;
            if *value != Value::Unit && !key.kind.accepts(value) {
                return Err(CallError::invalid(format!(
                    "{name} is a {}, not {}",
                    key.kind.label(),
                    value.kind()
                )));
            }
        }
        Ok(Self(Some(map)))
    }

    /// The option called `name`, if it was given.
    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name).filter(|value| **value != Value::Unit)
    }

    /// The option called `name` as text, if it was given.
    pub(crate) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_text()
    }
}

fn unknown(name: &str, keys: &[OptionKey]) -> CallError {
    let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
    CallError::invalid(format!(
        "there is no option {name:?}; there are {}",
        known.join(", ")
    ))
}

/// The argument at `index`, which is a text.
pub(crate) fn text<'a>(
    arguments: &'a [Value],
    index: usize,
    name: &str,
) -> Result<&'a str, CallError> {
    match arguments.get(index) {
        Some(Value::Text(text)) => Ok(text),
        Some(other) => Err(CallError::invalid(format!(
            "{name} is a string, not {}",
            other.kind()
        ))),
        None => Err(CallError::invalid(format!("{name} is missing"))),
    }
}

/// Whether a secret hides anywhere in `value`.
pub(crate) fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Secret(_) => true,
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Map(map) => map.values().any(holds_secret),
        _ => false,
    }
}

/// A timeout such as `"10s"` or `"2m"`.
pub(crate) fn timeout(text: &str) -> Result<Duration, CallError> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: Option<u64> = number.parse().ok().filter(|number| *number > 0);
    let millis = number.and_then(|number| match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        _ => None,
    });
    millis.map(Duration::from_millis).ok_or_else(|| {
        CallError::invalid(format!(
            "{text:?} is no timeout: write a whole number and a unit, such as \"10s\" or \"2m\""
        ))
    })
}

#[cfg(test)]
mod tests {
    use cuebook_core::function::ParameterKind;

    use super::*;

    const KEYS: &[OptionKey] = &[OptionKey {
        name: "timeout",
        kind: ParameterKind::Duration,
        required: false,
        doc: "",
    }];

    #[test]
    fn unknown_keys_and_wrong_kinds_are_named() {
        let message = |value: Value| Options::check(Some(&value), KEYS).err().unwrap().message;
        assert_eq!(
            message(Value::from([("timeuot", Value::from("1s"))])),
            "there is no option \"timeuot\"; there are timeout"
        );
        assert_eq!(
            message(Value::from([("timeout", Value::Int(1))])),
            "timeout is a string (duration), not integer"
        );
        assert_eq!(message(Value::Int(1)), "options are a map, not integer");
    }

    #[test]
    fn an_option_that_is_unit_counts_as_left_out() {
        let map = Value::from([("timeout", Value::Unit)]);
        let options = Options::check(Some(&map), KEYS).unwrap();
        assert!(options.get("timeout").is_none());
    }

    #[test]
    fn timeouts_are_read_and_never_zero() {
        assert_eq!(timeout("10s").unwrap(), Duration::from_secs(10));
        assert_eq!(timeout("2m").unwrap(), Duration::from_mins(2));
        assert_eq!(timeout("250ms").unwrap(), Duration::from_millis(250));
        for text in [
            "",
            "s",
            "0s",
            "10",
            "10h",
            "-1s",
            "1.5s",
            "99999999999999999999s",
            "9999999999999999999m",
        ] {
            assert!(timeout(text).is_err(), "{text}");
        }
    }
}
