//! Searching for a piece of text.

use std::fmt::Write as _;

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

/// Whether the pid or name in `column` has `piece` in it; one that holds a mail address is none that may be searched.
pub(super) fn has_name(column: impl IntoColumnRef + Clone, piece: &str) -> Expr {
    has(column.clone(), piece).and(holds_no_address(column))
}

/// Whether the pid in `column` is `pid`; of names, one that holds a mail address is none that may be asked for.
pub(super) fn is_pid(column: impl IntoColumnRef + Clone, pid: &str, q_in: SearchIn) -> Expr {
    let is = Expr::col(column.clone()).eq(pid);
    match q_in {
        SearchIn::Everything => is,
        SearchIn::Names => is.and(holds_no_address(column)),
    }
}

/// Whether there is no mail address in `column`, written with `@` or as in a URL.
fn holds_no_address(column: impl IntoColumnRef + Clone) -> Expr {
    // SQLite escapes only by what it is told.
    let in_url = LikeExpr::new("%\\%40%").escape('\\');
    Expr::col(column.clone())
        .not_like("%@%")
        .and(Expr::col(column).not_like(in_url))
}

/// Whether the bytes of `column` have those of `piece` in them, upper and lower case of ASCII alike.
pub(super) fn has_bytes(backend: DbBackend, column: impl IntoColumnRef, piece: &str) -> Expr {
    if backend == DbBackend::Postgres {
        let values = [Expr::col(column), Expr::value(escaped(piece))];
        return Expr::cust_with_exprs(
            "position(lower($2) in lower(encode($1, 'escape'))) > 0",
            values,
        );
    }
    let values = [Expr::col(column), Expr::value(piece)];
    Expr::cust_with_exprs("instr(lower(CAST(? AS TEXT)), lower(?)) > 0", values)
}

/// The bytes of `piece` as Postgres writes bytes in its format `escape`.
fn escaped(piece: &str) -> String {
    let mut text = String::with_capacity(piece.len());
    for byte in piece.bytes() {
        match byte {
            b'\\' => text.push_str("\\\\"),
            0 | 128.. => {
                // Writing to a text of our own cannot fail.
                let _ = write!(text, "\\{byte:03o}");
            }
            _ => text.push(char::from(byte)),
        }
    }
    text
}

/// How a word may stand in JSON: as it is, and as those write it who escape all but ASCII, and slashes.
pub(super) fn spellings(word: &str) -> Vec<String> {
    let mut spelt = String::with_capacity(word.len());
    for character in word.chars() {
        match character {
            '/' => spelt.push_str("\\/"),
            '"' => spelt.push_str("\\\""),
            '\\' => spelt.push_str("\\\\"),
            _ if character.is_ascii() => spelt.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(spelt, "\\u{unit:04x}");
                }
            }
        }
    }
    let plain = word.to_owned();
    if spelt == plain {
        vec![plain]
    } else {
        vec![plain, spelt]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_spelt_as_json_may_spell_it() {
        assert_eq!(spellings("Tom"), ["Tom"]);
        assert_eq!(spellings("M\u{fc}ller"), ["M\u{fc}ller", "M\\u00fcller"]);
        assert_eq!(spellings("a/b"), ["a/b", "a\\/b"]);
        assert_eq!(spellings("\u{1f600}"), ["\u{1f600}", "\\ud83d\\ude00"]);
    }

    #[test]
    fn bytes_are_escaped_as_postgres_escapes_them() {
        assert_eq!(escaped("a\\\u{fc}"), "a\\\\\\303\\274");
    }
}
