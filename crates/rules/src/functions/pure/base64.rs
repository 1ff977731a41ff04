//! `base64::encode` and `base64::decode`.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};

/// Writes padding; reads with or without.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// `base64::encode(data)`.
pub(super) const ENCODE: PureFunction = PureFunction {
    name: "base64::encode",
    parameters: &[Parameter {
        name: "data",
        kind: ParameterKind::Any,
        required: true,
        doc: "A string or a blob.",
    }],
    answer: "string",
    doc: "Writes bytes as Base64 (RFC 4648, with padding).",
    example: r#"base64::encode("Zürich")"#,
    gives: r#""WsO8cmljaA==""#,
    body: Body::Values(encode),
};

/// `base64::decode(text)`.
pub(super) const DECODE: PureFunction = PureFunction {
    name: "base64::decode",
    parameters: &[Parameter {
        name: "text",
        kind: ParameterKind::Text,
        required: true,
        doc: "Base64, with or without padding, in the usual or the URL-safe alphabet. Line breaks are passed over.",
    }],
    answer: "blob",
    doc: "Reads Base64 into a blob; `.as_string()` of that is text.",
    example: r#"base64::decode("WsO8cmljaA").as_string()"#,
    gives: r#""Zürich""#,
    body: Body::Values(decode),
};

fn encode(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let bytes = arguments.bytes(0)?;
    Ok(GeneralPurpose::new(&STANDARD, LENIENT).encode(bytes).into())
}

fn decode(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let text: String = arguments
        .text(0)
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    let alphabet = if text.contains(['-', '_']) {
        &URL_SAFE
    } else {
        &STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT)
        .decode(text)
        .map(Value::Bytes)
        .map_err(|error| CallError::invalid(format!("the text is not Base64: {error}")))
}
