//! What the checker has to say about a file: where, what, and how to mend it.
//!
//! It prints nothing: whoever shows a diagnostic has the file's text beside it, and [`render()`] makes a text of both.

pub mod catalog;
mod explain;
mod render;

use std::fmt;

use serde::Serialize;

pub use explain::explain;
pub use render::render;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The set cannot be used.
    Error,
    /// The set can be used; most likely it does not do what its author wants.
    Warning,
}

/// Something to say about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file, relative to the rules' folder.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// How many characters it concerns, 1 at least.
    pub length: u32,
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for this kind of finding: see [`code`].
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What stands at the place, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What else is good to know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// The codes of diagnostics. They are part of the output of `cuebook check`: a code never changes its meaning.
pub mod code {
    pub use super::catalog::calls::*;
    pub use super::catalog::files::*;
    pub use super::catalog::flow::*;
    pub use super::catalog::head::*;
    pub use super::catalog::syntax::*;
    pub use super::catalog::templates::*;
    pub use super::catalog::tidy::*;
    pub use super::catalog::values::*;
}

impl Diagnostic {
    /// An error about the whole file.
    pub fn error(file: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: 1,
            column: 1,
            length: 1,
            severity: Severity::Error,
            code,
            message: message.into(),
            label: None,
            help: None,
            notes: Vec::new(),
        }
    }

    /// A warning about the whole file.
    pub fn warning(file: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, code, message)
        }
    }

    /// The same about a place: line and column from 1, and the number of characters.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize, length: usize) -> Self {
        self.line = from_one(line);
        self.column = from_one(column);
        self.length = from_one(length);
        self
    }

    /// The same over so many characters.
    #[must_use]
    pub fn spanning(mut self, length: usize) -> Self {
        self.length = from_one(length);
        self
    }

    /// The same with a hint at how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a hint, if there is one.
    #[must_use]
    pub fn with_help_if(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The same with a few words at the place itself.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The same with something else that is good to know.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Whether the set cannot be used because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

fn from_one(number: usize) -> u32 {
    u32::try_from(number.max(1)).unwrap_or(u32::MAX)
}

/// Brings diagnostics into the order in which they are shown: by file, line and column. The same is said once.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.line, d.column, d.severity, d.code);
        (&a.file, key(a), &a.message).cmp(&(&b.file, key(b), &b.message))
    });
    diagnostics.dedup();
}

impl fmt::Display for Diagnostic {
    /// One line: `file:line:column: error[code]: message (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(
            f,
            "{}:{}:{}: {severity}[{}]: {}",
            self.file, self.line, self.column, self.code, self.message
        )?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_the_documented_members() {
        let diagnostic = Diagnostic::error("any/a.rhai", code::SYNTAX, "no")
            .at(3, 7, 2)
            .with_help("yes");
        assert_eq!(
            serde_json::to_string(&diagnostic).unwrap(),
            r#"{"file":"any/a.rhai","line":3,"column":7,"length":2,"severity":"error","code":"E0101","message":"no","help":"yes"}"#
        );
        assert_eq!(
            diagnostic.to_string(),
            "any/a.rhai:3:7: error[E0101]: no (yes)"
        );
    }

    #[test]
    fn they_are_shown_by_place_and_once() {
        let at = |file: &str, line| Diagnostic::error(file, code::SYNTAX, "x").at(line, 1, 1);
        let mut all = vec![at("b", 1), at("a", 9), at("a", 2), at("a", 9)];
        sort(&mut all);
        assert_eq!(all, [at("a", 2), at("a", 9), at("b", 1)]);
    }
}
