//! What a send or a writing call says, field by field, for people and for comparisons. What differs from one attempt to
//! build it to the next (dates, ids, boundaries) is left out.

mod mail;
mod request;

use cuebook_core::Value;
use serde_json::{Value as Json, json};

use crate::kinds::MAIL;

/// The fields, in an order for people. What is not there is left out.
pub type Fields = Vec<(&'static str, Json)>;

/// What a send of `function` says, from what was prepared of it.
pub fn of_send(function: &str, envelope: &Json, body: &[u8]) -> Fields {
    match function {
        MAIL => mail::fields(envelope, body),
        "webhook::send" => request::of_send(envelope, body),
        "emit" => {
            let message: Json = serde_json::from_slice(body).unwrap_or_default();
            let member = |name: &str| message.get(name).cloned().unwrap_or_default();
            vec![("type", member("type")), ("payload", member("payload"))]
        }
        _ if body.is_empty() => vec![("change", envelope.clone())],
        _ => vec![("envelope", envelope.clone()), ("body", text(body))],
    }
}

/// What a call of `function` says, from its arguments.
pub fn of_call(function: &str, arguments: &[Value]) -> Fields {
    request::of_call(function, arguments).unwrap_or_else(|| {
        let arguments: Vec<Json> = arguments.iter().map(Value::to_json).collect();
        vec![("arguments", Json::Array(arguments))]
    })
}

/// Bytes as JSON or text, or how many there are.
fn text(bytes: &[u8]) -> Json {
    match std::str::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)),
        Err(_) => json!({ "bytes": bytes.len() }),
    }
}
