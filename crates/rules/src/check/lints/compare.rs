//! What is compared with what, and what is taken for true.

use rhai::{Expr, FnCallExpr, Position, Stmt};

use super::super::kind::Kind;
use super::super::walk::{Walker, start_of};
use crate::diagnostic::code;

/// The operators that compare.
const COMPARE: &[&str] = &["==", "!=", "<", "<=", ">", ">="];

impl<'a> Walker<'a> {
    /// Two values are compared.
    pub(in super::super) fn compared(&mut self, call: &'a FnCallExpr, position: Position) {
        let ([left, right], true) = (call.args.as_slice(), COMPARE.contains(&call.name.as_str()))
        else {
            return;
        };
        self.type_compared(left, right);
        let (one, other) = (self.kind_of(left), self.kind_of(right));
        let (Some(code), Some(left_label), Some(right_label)) =
            (never(&one, &other), one.noun(), other.noun())
        else {
            return;
        };
        let always = if call.name == "!=" { "true" } else { "false" };
        let (number, text) = if one.is_number() {
            (left, right)
        } else {
            (right, left)
        };
        let (message, help) = match code {
            code::DECIMAL_AND_TEXT => (
                format!("a decimal is compared with a text: the answer is always {always}"),
                Some(self.without_quotes(text)),
            ),
            code::PID_AND_NUMBER => (
                format!("a pid is compared with a number: the answer is always {always}"),
                Some(match number {
                    Expr::IntegerConstant(number, _) => {
                        format!("pids are texts: write `\"{number}\"`")
                    }
                    _ => "pids are texts: compare it with one".to_owned(),
                }),
            ),
            _ => (
                format!(
                    "{left_label} and {right_label} are compared: the answer is always {always}"
                ),
                make_alike(&one, &other),
            ),
        };
        let diagnostic = self
            .warning(code, position, message)
            .with_label(format!("{left_label} here, {right_label} there"))
            .with_help_if(help);
        self.found.push(diagnostic);
    }

    fn without_quotes(&self, text: &'a Expr) -> String {
        match self.made_of(text) {
            Expr::StringConstant(text, _) if text.parse::<rust_decimal::Decimal>().is_ok() => {
                format!("write the number without quotes: `{text}`")
            }
            _ => "make a decimal of the text: `decimal(text)`".to_owned(),
        }
    }

    /// A condition has to be true or false.
    pub(in super::super) fn true_or_false(&mut self, expr: &'a Expr) {
        let kind = self.kind_of(expr);
        if kind == Kind::Bool {
            return;
        }
        let Some(label) = kind.noun() else {
            return;
        };
        let help = match &kind {
            kind if kind.is_text() => "compare it: `… != \"\"`, or `… != ()` if it may be missing",
            Kind::Int | Kind::Decimal => "compare it: `… != 0`",
            Kind::Array(_) => "ask for its length: `….len() > 0`",
            _ => "compare it: `… != ()`",
        };
        let message = format!("a condition is true or false, and this is {label}");
        let diagnostic = self
            .error(code::NO_CONDITION, start_of(expr), message)
            .with_help(help);
        let diagnostic = self.whole(diagnostic, expr);
        self.found.push(diagnostic);
    }

    /// A statement that is nothing but an expression.
    pub(in super::super) fn alone(&mut self, expr: &'a Expr) {
        let Expr::FnCall(call, position) = expr else {
            return;
        };
        if !call.is_operator_call() || !COMPARE.contains(&call.name.as_str()) || !self.has_end(expr)
        {
            return;
        }
        let diagnostic = self
            .warning(
                code::NO_EFFECT,
                *position,
                "this compares, and nothing is done with the answer",
            )
            .with_help_if((call.name == "==").then(|| "`=` gives a variable a value".to_owned()));
        self.found.push(diagnostic);
    }

    /// Whether a `;` stands behind an expression: without one it is what the block gives.
    fn has_end(&self, expr: &Expr) -> bool {
        let Some(start) = self.script.tokens.at(start_of(expr)) else {
            return false;
        };
        let mut open = 0_usize;
        for piece in self.script.tokens.pieces.iter().skip(start) {
            match piece.text {
                "(" | "[" | "{" | "#{" => open += 1,
                ")" | "]" | "}" if open == 0 => return false,
                ")" | "]" | "}" => open -= 1,
                ";" if open == 0 => return true,
                _ => {}
            }
        }
        false
    }
}

/// How two values are made comparable, where that is plain.
fn make_alike(one: &Kind, other: &Kind) -> Option<String> {
    match (one, other) {
        (Kind::Time, text) | (text, Kind::Time) if text.is_text() => {
            Some("make a time of the text: `time::parse(text)`".to_owned())
        }
        (Kind::Int, text) | (text, Kind::Int) if text.is_text() => {
            Some("make a number of the text: `parse_int(text)`".to_owned())
        }
        (Kind::Array(_), _) | (_, Kind::Array(_)) => {
            Some("whether an array holds a value is asked with `value in array`".to_owned())
        }
        _ => None,
    }
}

/// The code of what is never equal; `None` where two values of these kinds may be.
fn never(one: &Kind, other: &Kind) -> Option<&'static str> {
    if class(one)? == class(other)? {
        return None;
    }
    let both = |first: fn(&Kind) -> bool, second: fn(&Kind) -> bool| {
        (first(one) && second(other)) || (first(other) && second(one))
    };
    if both(|kind| *kind == Kind::Pid, Kind::is_number) {
        return Some(code::PID_AND_NUMBER);
    }
    if both(|kind| *kind == Kind::Decimal, Kind::is_text) {
        return Some(code::DECIMAL_AND_TEXT);
    }
    Some(code::NEVER_EQUAL)
}

/// What may be equal to each other; `None` where it cannot be told, and for what may be missing.
fn class(kind: &Kind) -> Option<u8> {
    Some(match kind {
        Kind::Unknown | Kind::Unit | Kind::Sent(_) | Kind::Function | Kind::Secret => return None,
        Kind::Bool => 0,
        Kind::Int | Kind::Decimal => 1,
        Kind::Text | Kind::Pid | Kind::TypeName => 2,
        Kind::Time => 3,
        Kind::Array(_) => 4,
        Kind::Map | Kind::Record | Kind::Payload(_) | Kind::Event(_) | Kind::Http => 5,
    })
}

/// Whether a statement gives no value that anybody sees.
pub(super) fn is_noop(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Noop(_) | Stmt::Share(_))
}
