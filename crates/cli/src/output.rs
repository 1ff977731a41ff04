//! Where commands write: results to stdout, everything else to stderr. The rest of the program never prints.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::config::Environment;

/// Writes a line to stdout. A reader that has gone away is no error of ours.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Writes text to stdout as it is, without a line end.
pub(crate) fn text(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes());
    let _ = stdout.flush();
}

/// Writes a line to stderr.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
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
    fn colour_needs_a_terminal_and_nobody_against_it() {
        let none = Environment::of([]);
        assert_eq!(Colour::of(true, &none), Colour::On);
        assert_eq!(Colour::of(false, &none), Colour::Off);
        let against = Environment::of([("NO_COLOR", "1")]);
        assert_eq!(Colour::of(true, &against), Colour::Off);
        assert_eq!(Colour::Off.paint("32", "x"), "x");
    }
}
