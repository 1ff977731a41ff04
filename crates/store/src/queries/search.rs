//! Searching for a piece of text.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, LikeExpr};

/// Whether the text of `column` has `piece` in it, upper and lower case alike where the database does so.
pub(super) fn has(column: impl IntoColumnRef, piece: &str) -> Expr {
    let mut pattern = String::from("%");
    for character in piece.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    Expr::col(column).like(LikeExpr::new(pattern).escape('\\'))
}

/// Whether the bytes of `column` have those of `piece` in them.
pub(super) fn has_bytes(backend: DbBackend, column: impl IntoColumnRef, piece: &str) -> Expr {
    let values = [Expr::col(column), Expr::value(piece.as_bytes().to_vec())];
    match backend {
        DbBackend::Postgres => Expr::cust_with_exprs("position($2 in $1) > 0", values),
        _ => Expr::cust_with_exprs("instr(?, ?) > 0", values),
    }
}
