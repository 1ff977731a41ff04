//! Searching for a piece of text.

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, LikeExpr};

/// Where a piece of text is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchIn {
    /// In whatever is stored.
    #[default]
    Everything,
    /// In what holds no address of a person: types, kinds, rules and pids. A search that tells whether a text occurs would
    /// otherwise tell the text itself, piece by piece.
    Names,
}

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

/// Whether the pid in `column` has `piece` in it; one that holds a mail address is none that may be searched.
pub(super) fn has_pid(column: impl IntoColumnRef + Clone, piece: &str) -> Expr {
    has(column.clone(), piece).and(Expr::col(column).not_like("%@%"))
}

/// Whether the bytes of `column` have those of `piece` in them.
pub(super) fn has_bytes(backend: DbBackend, column: impl IntoColumnRef, piece: &str) -> Expr {
    let values = [Expr::col(column), Expr::value(piece.as_bytes().to_vec())];
    match backend {
        DbBackend::Postgres => Expr::cust_with_exprs("position($2 in $1) > 0", values),
        _ => Expr::cust_with_exprs("instr(?, ?) > 0", values),
    }
}
