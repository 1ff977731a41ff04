//! `money::format`.

use cuebook_core::CallError;
use cuebook_core::function::{Parameter, ParameterKind};
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::decimal::number;
use super::function::{Body, PureFunction};
use crate::localize;

/// `money::format(amount, currency[, locale])`.
pub(super) const FORMAT: PureFunction = PureFunction {
    name: "money::format",
    parameters: &[
        Parameter {
            name: "amount",
            kind: ParameterKind::Any,
            required: true,
            doc: "A decimal, an integer, or a string such as `\"1234.50\"`.",
        },
        Parameter {
            name: "currency",
            kind: ParameterKind::Text,
            required: true,
            doc: "The currency's code, such as `\"CHF\"`. It says how many digits follow the point.",
        },
        Parameter {
            name: "locale",
            kind: ParameterKind::Text,
            required: false,
            doc: "Such as `\"de\"` (Switzerland's way) or `\"de-DE\"`; the configured one if left out.",
        },
    ],
    answer: "string",
    doc: "Writes an amount of money as people write it, rounded to the currency's smallest unit.",
    example: r#"money::format(decimal("1234.5"), "CHF", "de")"#,
    gives: r#""CHF 1'234.50""#,
    body: Body::Values(format),
};

fn format(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let locale = arguments.text_if(2).unwrap_or(&context.default_locale);
    let amount = number(arguments.value(0))?;
    Ok(localize::money(amount, arguments.text(1), locale).into())
}
