//! `decimal(text)`: from a text to an exact number.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::value::{self, Value};
use rust_decimal::Decimal;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use crate::suggest;

/// `decimal(value)`.
pub(super) const DECIMAL: PureFunction = PureFunction {
    name: "decimal",
    parameters: &[Parameter {
        name: "value",
        kind: ParameterKind::Any,
        required: true,
        doc: "A string such as `\"25.00\"`, or an integer.",
    }],
    answer: "decimal",
    doc: "The exact number that a string stands for, with its digits after the point. It throws where the string is none.",
    example: r#"decimal("25.00") * 2"#,
    gives: "50.00",
    body: Body::Values(decimal),
};

fn decimal(_: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    number(arguments.value(0)).map(Value::Decimal)
}

/// The number that a decimal, an integer or a text stands for.
pub(super) fn number(value: &Value) -> Result<Decimal, CallError> {
    match value {
        Value::Decimal(decimal) => Ok(*decimal),
        Value::Int(int) => Ok(Decimal::from(*int)),
        Value::Text(text) => value::decimal(text).ok_or_else(|| {
            CallError::invalid(format!(
                "{:?} is no number: write digits and a point, such as \"1234.50\"",
                suggest::shown(text)
            ))
        }),
        other => Err(CallError::invalid(format!(
            "takes a number or a string such as \"1234.50\", not {}",
            other.kind()
        ))),
    }
}
