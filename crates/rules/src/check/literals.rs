//! What is plain to see in a script's text: literals.

use rhai::{Expr, Position};

/// The text of a string literal, and where it stands.
pub(super) fn text_of(expr: &Expr) -> Option<(&str, Position)> {
    match expr {
        Expr::StringConstant(text, position) => Some((text.as_str(), *position)),
        _ => None,
    }
}
