//! `// cuebook: allow(W0801)`: warnings that a comment allows, in its own line or in the one below, and
//! `// cuebook: allow-file(W0801)` in the whole file.

use super::tokens::{Piece, Tokens};
use crate::diagnostic::{Diagnostic, Severity, catalog, code};
use crate::suggest;

/// What a comment begins with.
const MARK: &str = "cuebook:";

/// What is allowed in a file.
#[derive(Debug, Default)]
pub(super) struct Allowed {
    /// The code, and the lines in which it is allowed; everywhere if there are none.
    codes: Vec<(String, Option<(usize, usize)>)>,
}

impl Allowed {
    /// Reads the comments of a file, and reports what they allow in vain.
    pub(super) fn of(file: &str, tokens: &Tokens<'_>, found: &mut Vec<Diagnostic>) -> Self {
        let mut allowed = Self::default();
        for comment in &tokens.comments {
            let Some((at, everywhere, codes)) = directive(comment.text) else {
                continue;
            };
            let column = comment.column + comment.text[..at].chars().count();
            for code in codes {
                if let Some(help) = unusable(code) {
                    let shown = suggest::shown(code);
                    let message = format!("`{shown}` is no warning that can be allowed");
                    let length = comment.text[at..].trim_end().chars().count();
                    found.push(
                        Diagnostic::warning(file, code::UNKNOWN_ALLOWED, message)
                            .at(comment.line, column, length)
                            .with_help_if(help),
                    );
                } else {
                    let lines = (comment.line, next_line(comment, tokens));
                    let lines = (!everywhere).then_some(lines);
                    allowed.codes.push((code.to_ascii_uppercase(), lines));
                }
            }
        }
        allowed
    }

    /// Whether a diagnostic is allowed.
    pub(super) fn allows(&self, diagnostic: &Diagnostic) -> bool {
        let line = usize::try_from(diagnostic.line).unwrap_or(usize::MAX);
        diagnostic.severity == Severity::Warning
            && self.codes.iter().any(|(code, lines)| {
                code == diagnostic.code
                    && lines.is_none_or(|(own, next)| line == own || line == next)
            })
    }
}

/// Where a comment's directive begins, whether it is for the whole file, and the codes that it names.
fn directive(comment: &str) -> Option<(usize, bool, Vec<&str>)> {
    let at = comment.find(MARK)?;
    let is_first = comment[..at]
        .trim_start_matches(['/', '*', '!'])
        .trim()
        .is_empty();
    let rest = comment[at + MARK.len()..].trim_start();
    let (everywhere, rest) = match rest.strip_prefix("allow-file") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("allow")?),
    };
    let codes = rest.trim_start().strip_prefix('(')?.split(')').next()?;
    let codes = codes
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty());
    is_first.then(|| (at, everywhere, codes.collect()))
}

/// The line of the next token below a comment that stands alone in its line; its own line otherwise.
fn next_line(comment: &Piece<'_>, tokens: &Tokens<'_>) -> usize {
    let place = (comment.line, comment.column);
    let shares = |piece: &&Piece<'_>| piece.line == comment.line && piece.column < comment.column;
    if tokens.pieces.iter().any(|piece| shares(&piece)) {
        return comment.line;
    }
    let mut after = tokens
        .pieces
        .iter()
        .filter(|piece| (piece.line, piece.column) > place);
    after.next().map_or(comment.line, |piece| piece.line)
}

/// Why a code cannot be allowed, if so.
#[expect(
    clippy::option_option,
    reason = "a hint that may lack, of a fault that may lack"
)]
fn unusable(code: &str) -> Option<Option<String>> {
    match catalog::find(code) {
        Some(entry) if entry.severity() == Severity::Warning => None,
        Some(_) => Some(Some(
            "errors cannot be allowed: such a set could not run".to_owned(),
        )),
        None => {
            let known = catalog::entries().map(|entry| entry.code);
            let near = suggest::nearest(code, known);
            Some(near.map(|near| format!("did you mean `{near}`?")))
        }
    }
}
