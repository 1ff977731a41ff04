//! What is plain to see in a script's text: literals.

use std::collections::BTreeMap;

use cuebook_core::value::Value;
use rhai::{Dynamic, Expr, Position};

use crate::convert::to_value;

/// The value of a literal, as far as its kind is concerned: a map is taken without its members. `None` where it is no
/// literal, or not one through and through.
pub(super) fn kind_of(expr: &Expr) -> Option<Value> {
    Some(match expr {
        Expr::StringConstant(text, _) => Value::Text(text.to_string()),
        Expr::CharConstant(char, _) => Value::Text(char.to_string()),
        Expr::InterpolatedString(..) => Value::Text(String::new()),
        Expr::IntegerConstant(int, _) => Value::Int(*int),
        Expr::BoolConstant(yes, _) => Value::Bool(*yes),
        Expr::Unit(_) => Value::Unit,
        Expr::Map(..) => Value::Map(BTreeMap::new()),
        Expr::Array(items, _) => Value::Array(items.iter().map(kind_of).collect::<Option<_>>()?),
        Expr::DynamicConstant(value, _) => constant(value)?,
        _ => return None,
    })
}

fn constant(value: &Dynamic) -> Option<Value> {
    to_value(value).ok()
}

/// The text of a string literal, and where it stands.
pub(super) fn text_of(expr: &Expr) -> Option<(&str, Position)> {
    match expr {
        Expr::StringConstant(text, position) => Some((text.as_str(), *position)),
        _ => None,
    }
}

/// How many characters an expression takes in the source, where that can be told.
pub(super) fn length_of(expr: &Expr) -> usize {
    match expr {
        Expr::StringConstant(text, _) => text.chars().count() + 2,
        Expr::IntegerConstant(int, _) => int.to_string().len(),
        Expr::BoolConstant(yes, _) => yes.to_string().len(),
        _ => 1,
    }
}

/// Line and column of a position, from 1.
pub(super) fn place(position: Position) -> (usize, usize) {
    (
        position.line().unwrap_or(1),
        position.position().unwrap_or(1),
    )
}
