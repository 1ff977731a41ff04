//! `text::*`.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::limits;
use cuebook_core::value::{Value, rfc3339};

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use super::{pattern, slug};

const TEXT: Parameter = Parameter {
    name: "text",
    kind: ParameterKind::Text,
    required: true,
    doc: "The text.",
};

const SEPARATOR: Parameter = Parameter {
    name: "separator",
    kind: ParameterKind::Text,
    required: true,
    doc: "What stands between the parts.",
};

const PATTERN: Parameter = Parameter {
    name: "pattern",
    kind: ParameterKind::Text,
    required: true,
    doc: "A regular expression (syntax of Rust's `regex`: no look-around, no back-references).",
};

/// `text::join(items, separator)`.
pub(super) const JOIN: PureFunction = PureFunction {
    name: "text::join",
    parameters: &[
        Parameter {
            name: "items",
            kind: ParameterKind::Array,
            required: true,
            doc: "Strings, numbers, bools and times; `()` is left out.",
        },
        SEPARATOR,
    ],
    answer: "string",
    doc: "Joins the items of an array into one text.",
    example: r#"text::join(["A1", "A2", 7], ", ")"#,
    gives: r#""A1, A2, 7""#,
    body: Body::Values(join),
};

/// `text::split(text, separator)`.
pub(super) const SPLIT: PureFunction = PureFunction {
    name: "text::split",
    parameters: &[TEXT, SEPARATOR],
    answer: "array",
    doc: "Cuts a text at each separator.",
    example: r#"text::split("A1;A2;", ";")"#,
    gives: r#"["A1", "A2", ""]"#,
    body: Body::Values(split),
};

/// `text::trim(text)`.
pub(super) const TRIM: PureFunction = PureFunction {
    name: "text::trim",
    parameters: &[TEXT],
    answer: "string",
    doc: "The text without white space at its ends. The text that it is given stays as it is.",
    example: r#"text::trim("  Tom ")"#,
    gives: r#""Tom""#,
    body: Body::Values(|_, arguments| Ok(arguments.text(0).trim().into())),
};

/// `text::lower(text)`.
pub(super) const LOWER: PureFunction = PureFunction {
    name: "text::lower",
    parameters: &[TEXT],
    answer: "string",
    doc: "The text in lower case.",
    example: r#"text::lower("ZÜRICH")"#,
    gives: r#""zürich""#,
    body: Body::Values(|_, arguments| Ok(arguments.text(0).to_lowercase().into())),
};

/// `text::upper(text)`.
pub(super) const UPPER: PureFunction = PureFunction {
    name: "text::upper",
    parameters: &[TEXT],
    answer: "string",
    doc: "The text in upper case.",
    example: r#"text::upper("zürich")"#,
    gives: r#""ZÜRICH""#,
    body: Body::Values(|_, arguments| Ok(arguments.text(0).to_uppercase().into())),
};

/// `text::slug(text)`.
pub(super) const SLUG: PureFunction = PureFunction {
    name: "text::slug",
    parameters: &[TEXT],
    answer: "string",
    doc: "The text as a name for files and addresses: lower-case letters, digits and `-`.",
    example: r#"text::slug("Die Zauberflöte, 2. Akt")"#,
    gives: r#""die-zauberfloete-2-akt""#,
    body: Body::Values(|_, arguments| Ok(slug::slug(arguments.text(0)).into())),
};

/// `text::matches(text, pattern)`.
pub(super) const MATCHES: PureFunction = PureFunction {
    name: "text::matches",
    parameters: &[TEXT, PATTERN],
    answer: "bool",
    doc: "Whether a pattern is found anywhere in the text; `^` and `$` tie it to the ends.",
    example: r#"text::matches("8005 Zürich", `^\d{4}\s`)"#,
    gives: "true",
    body: Body::Values(|_, arguments| {
        pattern::matches(arguments.text(0), arguments.text(1)).map(Value::Bool)
    }),
};

/// `text::find(text, pattern)`.
pub(super) const FIND: PureFunction = PureFunction {
    name: "text::find",
    parameters: &[TEXT, PATTERN],
    answer: "string or ()",
    doc: "The first place in the text that fits a pattern, or what its first group holds if it has one; `()` if there is none.",
    example: r#"text::find("Booking 2932-3344-6073, row 7", `row (\d+)`)"#,
    gives: r#""7""#,
    body: Body::Values(|_, arguments| {
        let found = pattern::find(arguments.text(0), arguments.text(1))?;
        Ok(found.map_or(Value::Unit, Value::Text))
    }),
};

fn join(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let separator = arguments.text(1);
    let mut joined = String::new();
    let mut is_first = true;
    for item in arguments.array(0) {
        let text = match item {
            Value::Unit => continue,
            Value::Text(text) => text.clone(),
            Value::Int(int) => int.to_string(),
            Value::Decimal(decimal) => decimal.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Time(at) => rfc3339(*at),
            other => {
                return Err(CallError::invalid(format!(
                    "an item is {}: only strings, numbers, bools and times can be joined",
                    other.kind()
                )));
            }
        };
        if !is_first {
            joined.push_str(separator);
        }
        is_first = false;
        joined.push_str(&text);
        if joined.len() > limits::TEXT {
            return Err(CallError::invalid(
                "the text grows beyond what a script may hold",
            ));
        }
    }
    Ok(joined.into())
}

fn split(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let separator = arguments.text(1);
    if separator.is_empty() {
        return Err(CallError::invalid(
            "the separator is empty: give at least one character",
        ));
    }
    let parts = arguments.text(0).split(separator).map(Value::from);
    // One more than may be: enough for the converter to refuse it, and bounded.
    Ok(Value::Array(parts.take(limits::ARRAY + 1).collect()))
}
