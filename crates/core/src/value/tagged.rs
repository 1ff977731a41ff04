//! How a journal writes a [`Value`]: as JSON in which whatever JSON lacks is an object whose only key begins with `$`.
//!
//! `50.00` is `{"$decimal":"50.00"}`, an instant `{"$time":"…"}`, a secret `{"$secret":"NAME"}`, bytes
//! `{"$bytes":"<hex>"}`. A map's own key that begins with `$` is written with a second one: `{"$$time":"…"}`. So no map
//! can be taken for a tag, and what was written is read back equal.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::DateTime;
use serde::de::{
    self, Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::rfc3339;
use super::{Value, decimal};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn tag<S: Serializer>(
            serializer: S,
            name: &str,
            value: &(impl Serialize + ?Sized),
        ) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(name, value)?;
            map.end()
        }
        match self {
            Self::Unit => serializer.serialize_unit(),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Decimal(decimal) => tag(serializer, "$decimal", &decimal.to_string()),
            Self::Bytes(bytes) => tag(serializer, "$bytes", &hex::encode(bytes)),
            Self::Time(at) => tag(serializer, "$time", &rfc3339(*at)),
            Self::Secret(name) => tag(serializer, "$secret", name),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Map(map) => {
                serializer.collect_map(map.iter().map(|(key, value)| (written(key), value)))
            }
        }
    }
}

/// A map's own key, so that it is no tag.
fn written(key: &str) -> Cow<'_, str> {
    if key.starts_with('$') {
        format!("${key}").into()
    } else {
        key.into()
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tagged)
    }
}

struct Tagged;

impl<'de> Visitor<'de> for Tagged {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a journaled value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Unit)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E>(self, int: i64) -> Result<Value, E> {
        Ok(Value::Int(int))
    }

    fn visit_u64<E: de::Error>(self, int: u64) -> Result<Value, E> {
        i64::try_from(int)
            .map(Value::Int)
            .map_err(|_| E::custom("a journal holds no integer beyond 64 bits"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(mut key) = access.next_key::<String>()? {
            if key.starts_with("$$") {
                key.remove(0);
            } else if key.starts_with('$') {
                let text: String = access.next_value()?;
                let is_alone = map.is_empty() && access.next_key::<IgnoredAny>()?.is_none();
                return is_alone
                    .then(|| untag(&key, text))
                    .flatten()
                    .ok_or_else(|| A::Error::custom(format!("a journal's {key} cannot be read")));
            }
            map.insert(key, access.next_value()?);
        }
        Ok(Value::Map(map))
    }
}

fn untag(key: &str, text: String) -> Option<Value> {
    match key {
        "$decimal" => decimal(&text).map(Value::Decimal),
        "$bytes" => hex::decode(&text).ok().map(Value::Bytes),
        "$time" => DateTime::parse_from_rfc3339(&text)
            .ok()
            .map(|at| Value::Time(at.to_utc())),
        "$secret" => Some(Value::Secret(text)),
        // serde_json hands over numbers as such a map, since it keeps their text.
        "$serde_json::private::Number" => text.parse().map(Value::Int).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(value: &Value) -> Value {
        serde_json::from_slice(&serde_json::to_vec(value).unwrap()).unwrap()
    }

    #[test]
    fn what_was_written_is_read_back_equal() {
        let at = DateTime::parse_from_rfc3339("2026-03-01T12:00:00.000123Z")
            .unwrap()
            .to_utc();
        let value = Value::from([
            ("unit", Value::Unit),
            ("int", Value::Int(i64::MIN)),
            ("money", Value::Decimal(decimal("50.00").unwrap())),
            ("text", Value::from("Zürich \u{0} \u{1F3AD}")),
            ("bytes", Value::Bytes(vec![0, 255])),
            ("at", Value::Time(at)),
            ("secret", Value::Secret("CRM".to_owned())),
            ("list", Value::Array(vec![Value::Bool(true), Value::Int(1)])),
            (
                "like a tag",
                Value::from([("$decimal", Value::from("no number"))]),
            ),
            ("empty", Value::Map(BTreeMap::new())),
        ]);
        let back = round(&value);
        assert_eq!(back, value);
        let Some(Value::Decimal(money)) = back.get("money") else {
            panic!()
        };
        assert_eq!(money.to_string(), "50.00");
    }

    #[test]
    fn a_map_is_read_back_whatever_its_keys() {
        const KEYS: [&str; 9] = [
            "$map",
            "$decimal",
            "$secret",
            "$$secret",
            "$time",
            "$",
            "$serde_json::private::Number",
            "$serde_json::private::RawValue",
            "plain",
        ];
        // Every set of these keys, over values that a tag could hold and such that it could not.
        for chosen in 0_u32..1 << KEYS.len() {
            for value in [
                Value::from("1"),
                Value::Int(1),
                Value::from([("$map", 1.into())]),
            ] {
                let keys = (0..).zip(KEYS).filter(|(bit, _)| chosen >> bit & 1 == 1);
                let map = keys
                    .map(|(_, key)| (key.to_owned(), value.clone()))
                    .collect();
                let value = Value::Array(vec![Value::Map(map)]);
                assert_eq!(round(&value), value);
            }
        }
    }

    #[test]
    fn nothing_but_a_tag_alone_is_read_as_one() {
        for text in [
            r#"{"$decimal":"1","$time":"2"}"#,
            r#"{"a":1,"$secret":"CRM"}"#,
            r#"{"$secret":"CRM","a":1}"#,
            r#"{"$other":"1"}"#,
            r#"{"$secret":1}"#,
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_only_its_name() {
        let text = serde_json::to_string(&Value::Secret("CRM".to_owned())).unwrap();
        assert_eq!(text, r#"{"$secret":"CRM"}"#);
        assert_eq!(
            Value::Secret("CRM".to_owned()).to_json(),
            serde_json::json!("***")
        );
    }
}
