//! The one converter between Rhai and [`Value`].
//!
//! Not Rhai's own serde: that turns `50.00` into `50.0`, closures into texts and big integers into wrong ones. Whatever a
//! journal cannot hold is an error here, at the line that wanted it to. Sizes are checked before anything is copied, since
//! Rhai's own checks come too late and cannot be caught.

mod sizes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use cuebook_core::failure::CallError;
use cuebook_core::limits;
use cuebook_core::value::Value;
use rhai::{Dynamic, ImmutableString, Map};
use rust_decimal::Decimal;

pub(crate) use self::sizes::check;
use self::sizes::{Sizes, measure};
use crate::host::event_view::EventView;
use crate::types::{HttpAnswer, SecretHandle, Time};

/// Why a value cannot cross the border of a script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConvertError {
    /// It is of a type that only lives in the script.
    #[error(
        "{what}{place} cannot be used here: it has to be a number, string, bool, (), time, blob, array or map"
    )]
    Type {
        /// What it is.
        what: String,
        /// Where in the value it stands, if not at its top.
        place: Place,
    },
    /// It is nested too deep.
    #[error("the value is nested more than {limit} levels deep")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// It is too large.
    #[error("the value is too large: it may have {limit} {what} in all")]
    Size {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

impl From<ConvertError> for CallError {
    fn from(error: ConvertError) -> Self {
        Self::invalid(error.to_string())
    }
}

/// A place within a value, such as `.data.items[2]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place(String);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.strip_prefix('.').unwrap_or(&self.0) {
            "" => Ok(()),
            place => write!(f, " (at {place})"),
        }
    }
}

impl ConvertError {
    /// The same, seen from one level up.
    fn within(mut self, step: impl FnOnce() -> String) -> Self {
        if let Self::Type { place, .. } = &mut self {
            place.0.insert_str(0, &step());
        }
        self
    }
}

/// The value behind `dynamic`.
pub(crate) fn to_value(dynamic: &Dynamic) -> Result<Value, ConvertError> {
    value_of(dynamic, 0, &mut Sizes::default())
}

fn value_of(dynamic: &Dynamic, depth: usize, sizes: &mut Sizes) -> Result<Value, ConvertError> {
    if dynamic.is_unit() {
        return Ok(Value::Unit);
    }
    if let Ok(text) = dynamic.as_immutable_string_ref() {
        sizes.text(text.len())?;
        return Ok(Value::Text(text.as_str().to_owned()));
    }
    if let Ok(int) = dynamic.as_int() {
        return Ok(Value::Int(int));
    }
    if let Ok(yes) = dynamic.as_bool() {
        return Ok(Value::Bool(yes));
    }
    if let Some(decimal) = dynamic.read_lock::<Decimal>() {
        return Ok(Value::Decimal(*decimal));
    }
    if let Ok(char) = dynamic.as_char() {
        return Ok(Value::Text(char.to_string()));
    }
    if depth >= limits::DEPTH && (dynamic.is_array() || dynamic.is_map()) {
        return Err(ConvertError::Depth {
            limit: limits::DEPTH,
        });
    }
    if let Ok(items) = dynamic.as_array_ref() {
        sizes.array(items.len())?;
        let items = items.iter().enumerate().map(|(i, item)| {
            value_of(item, depth + 1, sizes).map_err(|error| error.within(|| format!("[{i}]")))
        });
        return items.collect::<Result<_, _>>().map(Value::Array);
    }
    if let Ok(map) = dynamic.as_map_ref() {
        return map_of(&map, depth, sizes);
    }
    if let Ok(bytes) = dynamic.as_blob_ref() {
        sizes.text(bytes.len())?;
        return Ok(Value::Bytes(bytes.clone()));
    }
    own_type(dynamic, sizes)
}

fn map_of(map: &Map, depth: usize, sizes: &mut Sizes) -> Result<Value, ConvertError> {
    sizes.map(map.len())?;
    let mut members = BTreeMap::new();
    for (key, member) in map {
        sizes.text(key.len())?;
        let member = value_of(member, depth + 1, sizes)
            .map_err(|error| error.within(|| format!(".{key}")))?;
        members.insert(key.to_string(), member);
    }
    Ok(Value::Map(members))
}

/// The value behind one of our own types.
fn own_type(dynamic: &Dynamic, sizes: &mut Sizes) -> Result<Value, ConvertError> {
    if let Some(time) = dynamic.read_lock::<Time>() {
        return Ok(Value::Time(time.0));
    }
    if let Some(secret) = dynamic.read_lock::<SecretHandle>() {
        return Ok(Value::Secret(secret.0.to_string()));
    }
    let whole = if let Some(answer) = dynamic.read_lock::<HttpAnswer>() {
        answer.value().clone()
    } else if let Some(event) = dynamic.read_lock::<EventView>() {
        event.to_value()
    } else {
        return Err(ConvertError::Type {
            what: kind_of(dynamic).to_owned(),
            place: Place::default(),
        });
    };
    measure(&whole, 0, sizes)?;
    Ok(whole)
}

/// The word for what `dynamic` is, as messages to a rule's author say it.
pub(crate) fn kind_of(dynamic: &Dynamic) -> &'static str {
    if dynamic.is_fnptr() {
        return "a function";
    }
    match dynamic.type_name() {
        name if name.contains("Range") => "a range",
        name if name.contains("CharsStream") => "a stream of characters",
        name => name,
    }
}

/// `value` as the script sees it, if it is not too deep or too large for a script.
pub(crate) fn to_script(value: &Value) -> Result<Dynamic, ConvertError> {
    check(value)?;
    Ok(to_dynamic(value))
}

/// `value` as the script sees it. What may be too deep or too large goes through [`to_script`].
pub(crate) fn to_dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Unit => Dynamic::UNIT,
        Value::Bool(yes) => Dynamic::from_bool(*yes),
        Value::Int(int) => Dynamic::from_int(*int),
        Value::Decimal(decimal) => Dynamic::from_decimal(*decimal),
        Value::Text(text) => ImmutableString::from(text.as_str()).into(),
        Value::Bytes(bytes) => Dynamic::from_blob(bytes.clone()),
        Value::Time(at) => Dynamic::from(Time(*at)),
        Value::Secret(name) => Dynamic::from(SecretHandle(name.as_str().into())),
        Value::Array(items) => Dynamic::from_array(items.iter().map(to_dynamic).collect()),
        Value::Map(map) => Dynamic::from_map(
            map.iter()
                .map(|(key, member)| (key.as_str().into(), to_dynamic(member)))
                .collect(),
        ),
    }
}
