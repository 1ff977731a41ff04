//! How sends and calls are told field by field. What they hold is known where they are performed, which is not here.

use cuebook_core::Value;
use serde_json::{Value as Json, json};

/// The fields, in an order for people.
pub type Fields = Vec<(&'static str, Json)>;

/// Tells sends and calls.
#[derive(Debug, Clone, Copy)]
pub struct Readable {
    /// What a send of a function says, from what was prepared of it: its envelope and its bytes.
    pub send: fn(&str, &Json, &[u8]) -> Fields,
    /// What a call of a function says, from its arguments.
    pub call: fn(&str, &[Value]) -> Fields,
}

impl Default for Readable {
    /// Tells what can be told without knowing the functions.
    fn default() -> Self {
        Self {
            send: |_, envelope, body| {
                vec![
                    ("envelope", envelope.clone()),
                    ("body", json!({ "bytes": body.len() })),
                ]
            },
            call: |_, arguments| {
                let arguments: Vec<Json> = arguments.iter().map(Value::to_json).collect();
                vec![("arguments", Json::Array(arguments))]
            },
        }
    }
}
