//! Words written into a statement instead of bound to it: only so does SQLite see that a partial index fits.

use sea_orm::sea_query::Expr;

/// `text` as a literal. For words of our own only.
pub(crate) fn word(text: &'static str) -> Expr {
    Expr::Constant(text.into())
}
