//! The values that cross the border of a script: what a call is asked with, what it answers, what a journal holds.
//!
//! Money is a decimal with its scale, times are instants, and a secret is only ever its name.

mod json;
mod tagged;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::{self, Deserializer};

pub use json::rfc3339;

use crate::clock::Timestamp;

/// A value between a script and the outside.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing: `()`.
    #[default]
    Unit,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact number with its scale: `50.00` is not `50.0`.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// Bytes: what `base64::decode` gives, or an attachment.
    Bytes(Vec<u8>),
    /// An instant.
    Time(Timestamp),
    /// A secret, by name. What it stands for never comes here.
    Secret(String),
    /// A list.
    Array(Vec<Value>),
    /// A map.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// The word for its kind, as messages to a rule's author say it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unit => "()",
            Self::Bool(_) => "bool",
            Self::Int(_) => "integer",
            Self::Decimal(_) => "decimal",
            Self::Text(_) => "string",
            Self::Bytes(_) => "blob",
            Self::Time(_) => "time",
            Self::Secret(_) => "secret",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The member called `key`, if it is a map that has one which is not `()`.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?
            .get(key)
            .filter(|value| **value != Self::Unit)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl<K: Into<String>, const N: usize> From<[(K, Value); N]> for Value {
    fn from(members: [(K, Value); N]) -> Self {
        Self::Map(
            members
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }
}

/// The decimal that a number's text stands for; `None` where no decimal holds it exactly.
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    match Decimal::from_str_exact(text) {
        Ok(decimal) => Some(decimal),
        Err(_) if text.contains(['e', 'E']) => Decimal::from_scientific(text).ok(),
        Err(_) => None,
    }
}

/// Reads money from a JSON string or number, never through a binary float.
///
/// # Errors
/// Where it is neither, or no decimal holds it.
pub fn money<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => return Err(de::Error::custom("an amount is a text or a number")),
    };
    decimal(&text).ok_or_else(|| de::Error::custom("an amount is a decimal number such as 50.00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_keeps_its_scale_and_refuses_what_it_cannot_hold() {
        assert_eq!(decimal("50.00").unwrap().to_string(), "50.00");
        assert_eq!(decimal("-0.10").unwrap().to_string(), "-0.10");
        assert_eq!(decimal("1e3").unwrap().to_string(), "1000");
        assert_eq!(decimal("1e400"), None);
        assert_eq!(decimal("amount"), None);
    }
}
