//! Answers of other systems, of all kinds.

use cuebook_core::CallError;
use cuebook_core::Value;
use cuebook_core::journal::{CallRequest, StepAnswer};

use super::grammar::Choices;
use crate::driver::{http, refused};

/// An answer to `call`.
pub(super) fn answer(choices: &mut Choices<'_>, call: &CallRequest) -> StepAnswer {
    let is_http = call.question.function.starts_with("http::");
    Ok(match choices.one_of(10) {
        0 => return refused(),
        1 => return Err(CallError::new("unknown", "nobody knows")),
        2 => http(
            200,
            "{\"a\": [1, 2.50, null, {\"b\": 12345678901234567890123}]}",
        ),
        3 => http(503, "no json"),
        4 => http(200, &"[".repeat(500)),
        _ if is_http => http(200, "[]"),
        5 => Value::Unit,
        6 => Value::Int(i64::MIN),
        7 => Value::Text("ü".repeat(1_000)),
        8 => Value::Array(vec![Value::Bool(true); 1_000]),
        _ => Value::from([("pid", Value::from("1")), ("list", Value::Array(vec![]))]),
    })
}
