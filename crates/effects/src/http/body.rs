//! What a request carries: JSON, text, bytes, or a form.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::limits;
use url::form_urlencoded;

use crate::arguments::holds_secret;

/// A request's body and its content type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Body {
    /// The content type; none where there is no body.
    pub(crate) content_type: Option<String>,
    /// The bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Body {
    /// The body that `value` means: a map or array is JSON, a string is text, a blob is bytes, `()` is none, and a map
    /// with the one key `form` is a form.
    pub(crate) fn read(value: &Value) -> Result<Self, CallError> {
        if holds_secret(value) {
            return Err(CallError::invalid(
                "a secret cannot stand in a body; give it in auth or in a header",
            ));
        }
        match value {
            Value::Unit => Ok(Self::default()),
            Value::Text(text) => Ok(Self::new("text/plain; charset=utf-8", text.as_bytes())),
            Value::Bytes(bytes) => Ok(Self::new("application/octet-stream", bytes)),
            Value::Map(map) => match map.get("form") {
                Some(form @ Value::Map(_)) if map.len() == 1 => Self::form(form),
                _ => Ok(Self::json(value)),
            },
            Value::Array(_) => Ok(Self::json(value)),
            other => Err(CallError::invalid(format!(
                "a body is a map, an array, a string, a blob or (), not {}",
                other.kind()
            ))),
        }
    }

    /// The form of a map whose values are single ones or arrays of them.
    fn form(fields: &Value) -> Result<Self, CallError> {
        let mut form = String::new();
        for (name, value) in fields.as_map().into_iter().flatten() {
            let values = match value {
                Value::Array(items) => items.as_slice(),
                single => std::slice::from_ref(single),
            };
            for value in values {
                if !form.is_empty() {
                    form.push('&');
                }
                encode(name, &mut form)?;
                form.push('=');
                encode(&field(name, value)?, &mut form)?;
            }
        }
        Ok(Self::new(
            "application/x-www-form-urlencoded",
            form.as_bytes(),
        ))
    }

    fn json(value: &Value) -> Self {
        Self::new("application/json", value.to_json().to_string().as_bytes())
    }

    fn new(content_type: &str, bytes: &[u8]) -> Self {
        Self {
            content_type: Some(content_type.to_owned()),
            bytes: bytes.to_vec(),
        }
    }
}

/// Appends `text` as a form spells it. A name is repeated for each value of its array, so a small map can mean a form of
/// many gigabytes: hence the length is looked at before anything is appended.
fn encode(text: &str, form: &mut String) -> Result<(), CallError> {
    for piece in form_urlencoded::byte_serialize(text.as_bytes()) {
        if form.len() + piece.len() > limits::TEXT {
            return Err(CallError::invalid(format!(
                "the form is larger than {} bytes; names are repeated for each value of an array",
                limits::TEXT
            )));
        }
        form.push_str(piece);
    }
    Ok(())
}

fn field(name: &str, value: &Value) -> Result<String, CallError> {
    match value {
        Value::Unit => Ok(String::new()),
        Value::Text(text) => Ok(text.clone()),
        Value::Int(_) | Value::Bool(_) | Value::Decimal(_) | Value::Time(_) => {
            Ok(match value.to_json() {
                serde_json::Value::String(text) => text,
                other => other.to_string(),
            })
        }
        other => Err(CallError::invalid(format!(
            "the form's field {name} is a single value, not {}",
            other.kind()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> (String, String) {
        let body = Body::read(value).unwrap();
        (
            body.content_type.unwrap_or_default(),
            String::from_utf8(body.bytes).unwrap(),
        )
    }

    #[test]
    fn maps_and_arrays_are_json_with_exact_money() {
        let amount = cuebook_core::value::decimal("50.00").unwrap();
        assert_eq!(
            read(&Value::from([("amount", Value::Decimal(amount))])),
            (
                "application/json".to_owned(),
                r#"{"amount":"50.00"}"#.to_owned()
            )
        );
        assert_eq!(read(&Value::Array(vec![Value::Int(1)])).1, "[1]");
    }

    #[test]
    fn strings_are_text_and_unit_is_no_body() {
        assert_eq!(
            read(&Value::from("Grüezi")),
            ("text/plain; charset=utf-8".to_owned(), "Grüezi".to_owned())
        );
        assert_eq!(Body::read(&Value::Unit), Ok(Body::default()));
    }

    #[test]
    fn a_form_is_encoded_and_a_larger_map_with_a_form_is_json() {
        let form = Value::from([
            ("a b", Value::from("1&2")),
            ("c", Value::Array(vec![Value::Int(1), Value::Bool(true)])),
        ]);
        assert_eq!(
            read(&Value::from([("form", form.clone())])),
            (
                "application/x-www-form-urlencoded".to_owned(),
                "a+b=1%262&c=1&c=true".to_owned()
            )
        );
        let wider = Value::from([("form", form), ("x", Value::Int(1))]);
        assert_eq!(read(&wider).0, "application/json");
    }

    #[test]
    fn a_form_that_repeats_a_long_name_is_refused_before_it_is_built() {
        let items = Value::Array(vec![Value::Int(1); 100_000]);
        let form = Value::Map([("n".repeat(1024 * 1024), items)].into());
        let error = Body::read(&Value::from([("form", form)])).unwrap_err();
        assert!(error.message.contains("larger than"), "{}", error.message);
    }

    #[test]
    fn secrets_and_single_values_are_no_bodies() {
        let hidden = Value::from([("a", Value::Array(vec![Value::Secret("S".to_owned())]))]);
        assert!(Body::read(&hidden).unwrap_err().message.contains("auth"));
        assert!(Body::read(&Value::Int(1)).is_err());
    }
}
