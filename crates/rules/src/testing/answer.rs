//! From what a test gives for an answer to the answer as a journal has it.

use std::collections::BTreeMap;

use cuebook_core::failure::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor};
use cuebook_core::value::Value;
use rhai::Dynamic;

use crate::convert::to_value;

/// The members of an HTTP answer that a mock may give.
const HTTP: [&str; 4] = ["status", "headers", "body", "json"];

/// An error that a call is answered with: what `error(…)` makes.
#[derive(Debug, Clone)]
pub(super) struct MockError(pub(super) CallError);

/// The answer that a script means by `given`, for a call of `of`.
pub(super) fn answer_of(given: &Dynamic, of: &FunctionDescriptor) -> Result<Value, String> {
    let value = to_value(given).map_err(|error| error.to_string())?;
    match of.answer {
        Answer::Http => Ok(http(value)),
        Answer::Map if !matches!(value, Value::Map(_) | Value::Unit) => Err(format!(
            "{} answers a map, and the mock gives {}",
            of.name,
            with_article(&value)
        )),
        Answer::Array if !matches!(value, Value::Array(_)) => Err(format!(
            "{} answers an array, and the mock gives {}",
            of.name,
            with_article(&value)
        )),
        _ => Ok(value),
    }
}

fn with_article(value: &Value) -> String {
    match value.kind() {
        "()" => "()".to_owned(),
        kind if kind.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {kind}"),
        kind => format!("a {kind}"),
    }
}

/// The answer of an HTTP call. A map that has none of an answer's members, or an array, is the JSON that a good answer
/// has; a text is its body.
pub(crate) fn http(value: Value) -> Value {
    let is_answer = value
        .as_map()
        .is_some_and(|map| map.keys().any(|key| HTTP.contains(&key.as_str())));
    let mut given = match value {
        Value::Map(map) if is_answer => map,
        Value::Unit => BTreeMap::from([("status".to_owned(), Value::Int(204))]),
        body => BTreeMap::from([("body".to_owned(), body)]),
    };
    let json = given.remove("json");
    let body = match (given.remove("body"), json) {
        (_, Some(json)) | (Some(json @ (Value::Map(_) | Value::Array(_))), None) => {
            Value::from(json.to_json().to_string())
        }
        (Some(body), None) => body,
        (None, None) => Value::from(""),
    };
    given.insert("body".to_owned(), body);
    given.entry("status".to_owned()).or_insert(Value::Int(200));
    given
        .entry("headers".to_owned())
        .or_insert_with(|| Value::Map(BTreeMap::new()));
    Value::Map(given)
}

/// The error that `error(…)` means by one value: a status, a kind, a sentence, or a map.
pub(super) fn error_of(value: &Value) -> Result<CallError, String> {
    match value {
        Value::Int(status) => {
            let status = u16::try_from(*status).map_err(|_| format!("{status} is no status"))?;
            let error = CallError::new("status", format!("the other side answered {status}"));
            Ok(error.with_status(status).after(1))
        }
        Value::Text(text) if is_word(text) => {
            Ok(CallError::new(text, format!("the call failed: {text}")).after(1))
        }
        Value::Text(text) => Ok(CallError::new("error", text.as_str()).after(1)),
        Value::Map(map) => {
            let text = |key: &str| map.get(key).and_then(Value::as_text);
            let number = |key: &str| map.get(key).and_then(Value::as_int);
            let known = ["kind", "message", "status", "attempts"];
            if let Some(other) = map.keys().find(|key| !known.contains(&key.as_str())) {
                return Err(format!(
                    "an error has no member `{other}`: it has `{}`",
                    known.join("`, `")
                ));
            }
            Ok(CallError {
                kind: text("kind").unwrap_or("error").to_owned(),
                message: text("message").unwrap_or("the call failed").to_owned(),
                status: number("status").and_then(|status| u16::try_from(status).ok()),
                attempts: number("attempts")
                    .and_then(|attempts| u32::try_from(attempts).ok())
                    .unwrap_or(1),
            })
        }
        other => Err(format!(
            "error takes a status, a kind such as \"timeout\", a sentence or a map, not {}",
            with_article(other)
        )),
    }
}

/// Whether a text is a word for a kind of error and no sentence.
fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}
