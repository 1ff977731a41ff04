//! `url::encode` and `url::query`.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::limits;
use cuebook_core::value::{Value, rfc3339};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// `url::encode(text)`.
pub(super) const ENCODE: PureFunction = PureFunction {
    name: "url::encode",
    parameters: &[Parameter {
        name: "text",
        kind: ParameterKind::Text,
        required: true,
        doc: "What is to become one part of a path or one value of a query.",
    }],
    answer: "string",
    doc: "Writes a text so that it can stand in a URL (RFC 3986).",
    example: r#"url::encode("Tom & Söhne/7")"#,
    gives: r#""Tom%20%26%20S%C3%B6hne%2F7""#,
    body: Body::Values(|_, arguments| Ok(encode(arguments.text(0)).into())),
};

/// `url::query(map)`.
pub(super) const QUERY: PureFunction = PureFunction {
    name: "url::query",
    parameters: &[Parameter {
        name: "fields",
        kind: ParameterKind::Map,
        required: true,
        doc: "Names and values. An array gives its name once for each item; `()` is left out.",
    }],
    answer: "string",
    doc: "Writes a map as the query of a URL, without the question mark, sorted by name.",
    example: r#"url::query(#{ q: "Tom & Co", page: 2, tag: ["a", "b"] })"#,
    gives: r#""page=2&q=Tom%20%26%20Co&tag=a&tag=b""#,
    body: Body::Values(query),
};

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn query(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let mut written = String::new();
    for (name, value) in arguments.value(0).as_map().into_iter().flatten() {
        let values = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in values {
            let Some(text) = text_of(name, value)? else {
                continue;
            };
            if !written.is_empty() {
                written.push('&');
            }
            written.extend(utf8_percent_encode(name, RESERVED));
            written.push('=');
            written.extend(utf8_percent_encode(&text, RESERVED));
            if written.len() > limits::TEXT {
                return Err(CallError::invalid(
                    "the text grows beyond what a script may hold",
                ));
            }
        }
    }
    Ok(written.into())
}

fn text_of(name: &str, value: &Value) -> Result<Option<String>, CallError> {
    Ok(Some(match value {
        Value::Unit => return Ok(None),
        Value::Text(text) => text.clone(),
        Value::Int(int) => int.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Decimal(decimal) => decimal.to_string(),
        Value::Time(at) => rfc3339(*at),
        other => {
            return Err(CallError::invalid(format!(
                "`{name}` cannot be {}: a query holds strings, numbers, bools and times",
                other.kind()
            )));
        }
    }))
}
