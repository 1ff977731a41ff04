//! Where commands write: results to stdout, everything else to stderr. The rest of the program never prints. Much of it came
//! from outside, so no control character reaches a terminal but those that colour.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::config::Environment;

/// Writes a line to stdout. A reader that has gone away is no error of ours.
pub(crate) fn line(text: impl Display) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(
        stdout,
        "{}",
        printable(&text.to_string(), stdout.is_terminal())
    );
}

/// Writes text to stdout without a line end.
pub(crate) fn text(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(printable(text, stdout.is_terminal()).as_bytes());
    let _ = stdout.flush();
}

/// Writes a line to stderr.
pub(crate) fn note(text: impl Display) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(
        stderr,
        "{}",
        printable(&text.to_string(), stderr.is_terminal())
    );
}

/// `text` with each control character replaced but line ends and tabs, and but colours where they may be.
fn printable(text: &str, colours: bool) -> Cow<'_, str> {
    let is_plain = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = if let Some(code) = colour_code(rest).filter(|_| colours) {
            shown.push_str(&rest[..code]);
            code
        } else {
            let is_shown = is_plain(character);
            shown.push(if is_shown {
                character
            } else {
                char::REPLACEMENT_CHARACTER
            });
            character.len_utf8()
        };
        rest = &rest[length..];
    }
    Cow::Owned(shown)
}

/// The length of the escape sequence that `text` begins with, if it is one that only colours.
fn colour_code(text: &str) -> Option<usize> {
    let code = text.strip_prefix("\u{1b}[")?;
    let numbers = code.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    code[numbers..].starts_with('m').then_some(numbers + 3)
}

/// Whether output may be coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Yes.
    On,
    /// No: no terminal, or somebody does not want it.
    Off,
}

impl Colour {
    /// For what is written to stdout.
    pub(crate) fn of_stdout(environment: &Environment) -> Self {
        Self::of(io::stdout().is_terminal(), environment)
    }

    /// For what is written to stderr.
    pub(crate) fn of_stderr(environment: &Environment) -> Self {
        Self::of(io::stderr().is_terminal(), environment)
    }

    fn of(is_terminal: bool, environment: &Environment) -> Self {
        let unwanted =
            environment.get("NO_COLOR").is_some() || environment.get("TERM") == Some("dumb");
        if is_terminal && !unwanted {
            Self::On
        } else {
            Self::Off
        }
    }

    /// Whether it is on.
    pub(crate) fn is_on(self) -> bool {
        self == Self::On
    }

    /// `text` in the colour of an ANSI code such as `32`, or as it is.
    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::On => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            Self::Off => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_is_printed_but_line_ends_tabs_and_colours() {
        assert_eq!(printable("a\tb\nZürich", false), "a\tb\nZürich");
        let hostile = "a\u{1b}]0;title\u{7}b\u{1b}[2Jc\rd\u{9b}m";
        for colours in [false, true] {
            let shown = printable(hostile, colours);
            assert_eq!(
                shown,
                "a\u{fffd}]0;title\u{fffd}b\u{fffd}[2Jc\u{fffd}d\u{fffd}m"
            );
        }
        let red = "\u{1b}[1;31mred\u{1b}[0m";
        assert_eq!(printable(red, true), red);
        assert!(!printable(red, false).contains('\u{1b}'));
    }

    #[test]
    fn colour_needs_a_terminal_and_nobody_against_it() {
        let none = Environment::of([]);
        assert_eq!(Colour::of(true, &none), Colour::On);
        assert_eq!(Colour::of(false, &none), Colour::Off);
        let against = Environment::of([("NO_COLOR", "1")]);
        assert_eq!(Colour::of(true, &against), Colour::Off);
        assert_eq!(Colour::Off.paint("32", "x"), "x");
    }
}
