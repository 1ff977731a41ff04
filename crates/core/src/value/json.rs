//! Between [`Value`] and plain JSON, for bodies that we send and answers that we get.
//!
//! A decimal is a string in JSON, so that no reader turns money into a float. A number beyond 64 bits becomes a decimal,
//! and one that no decimal holds stays the text that it was.

use serde_json::{Map, Number, Value as Json};

use super::{Value, decimal};

impl Value {
    /// The value of `json`.
    pub fn from_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Unit,
            Json::Bool(yes) => Self::Bool(*yes),
            Json::Number(number) => from_number(number),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::Array(items.iter().map(Self::from_json).collect()),
            Json::Object(object) => Self::Map(
                object
                    .iter()
                    .map(|(key, value)| (key.clone(), Self::from_json(value)))
                    .collect(),
            ),
        }
    }

    /// The value as plain JSON. Bytes become base64-free text where they are UTF-8, else a list of numbers; a secret
    /// becomes a mask, never its text.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Unit => Json::Null,
            Self::Bool(yes) => Json::Bool(*yes),
            Self::Int(int) => Json::Number(Number::from(*int)),
            Self::Decimal(decimal) => Json::String(decimal.to_string()),
            Self::Text(text) => Json::String(text.clone()),
            Self::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Json::String(text.to_owned()),
                Err(_) => Json::Array(
                    bytes
                        .iter()
                        .map(|byte| Json::Number(Number::from(*byte)))
                        .collect(),
                ),
            },
            Self::Time(at) => Json::String(rfc3339(*at)),
            Self::Secret(_) => Json::String("***".to_owned()),
            Self::Array(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(map) => {
                let members: Map<String, Json> = map
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect();
                Json::Object(members)
            }
        }
    }
}

/// An instant as RFC 3339 in UTC, with as many digits after the second as it needs.
pub fn rfc3339(at: crate::clock::Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

fn from_number(number: &Number) -> Value {
    if let Some(int) = number.as_i64() {
        return Value::Int(int);
    }
    let text = number.to_string();
    decimal(&text).map_or(Value::Text(text), Value::Decimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_rounded() {
        let json: Json =
            serde_json::from_str("[1, 50.00, 9223372036854775808, 1e400, 0.1]").unwrap();
        let Value::Array(items) = Value::from_json(&json) else {
            panic!()
        };
        assert_eq!(items[0], Value::Int(1));
        assert_eq!(items[1], Value::Decimal(decimal("50.00").unwrap()));
        assert_eq!(
            items[2],
            Value::Decimal(decimal("9223372036854775808").unwrap())
        );
        assert!(matches!(&items[3], Value::Text(text) if text.contains('e')));
        assert_eq!(
            Value::Array(items).to_json()[1],
            Json::String("50.00".to_owned())
        );
    }
}
