//! `json::parse` and `json::stringify`.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::json_guard;
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};

/// `json::parse(text)`.
pub(super) const PARSE: PureFunction = PureFunction {
    name: "json::parse",
    parameters: &[Parameter {
        name: "text",
        kind: ParameterKind::Text,
        required: true,
        doc: "A JSON document.",
    }],
    answer: "any",
    doc: "Reads JSON. `null` is `()`, a number with a point is a decimal, and so is an integer beyond 64 bits.",
    example: r#"json::parse("{\"seats\": [1, 2], \"price\": 25.00}")"#,
    gives: r#"#{"price": 25.00, "seats": [1, 2]}"#,
    body: Body::Values(parse),
};

/// `json::stringify(value[, pretty])`.
pub(super) const STRINGIFY: PureFunction = PureFunction {
    name: "json::stringify",
    parameters: &[
        Parameter {
            name: "value",
            kind: ParameterKind::Any,
            required: true,
            doc: "What is to be written.",
        },
        Parameter {
            name: "pretty",
            kind: ParameterKind::Bool,
            required: false,
            doc: "Whether to write it on several lines, for people.",
        },
    ],
    answer: "string",
    doc: "Writes a value as JSON. A decimal becomes a string, so that no reader rounds it; a time becomes RFC 3339; a secret becomes `***`.",
    example: r#"json::stringify(#{ seat: 12, price: decimal("25.00") })"#,
    gives: r#""{\"price\":\"25.00\",\"seat\":12}""#,
    body: Body::Values(stringify),
};

fn parse(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let text = arguments.text(0);
    json_guard::check(text.as_bytes())
        .map_err(|error| CallError::new("json", format!("the text cannot be taken: {error}")))?;
    serde_json::from_str(text)
        .map(|json: serde_json::Value| Value::from_json(&json))
        .map_err(|error| CallError::new("json", format!("the text is not JSON: {error}")))
}

fn stringify(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let json = arguments.value(0).to_json();
    let pretty = arguments.get(1) == Some(&Value::Bool(true));
    let text = if pretty {
        serde_json::to_string_pretty(&json)
    } else {
        serde_json::to_string(&json)
    };
    text.map(Value::Text)
        .map_err(|error| CallError::new("json", error.to_string()))
}
