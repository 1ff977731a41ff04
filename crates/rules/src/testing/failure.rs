//! Why a test failed.

use rhai::{EvalAltResult, NativeCallContext, Position};

use super::current;
use crate::throw::{Thrown, halt};

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TestFailure {
    /// The file, relative to the rules' folder.
    pub file: String,
    /// The line, from 1; 0 where none is known.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The two sides of a comparison, as script would write them.
    pub sides: Option<Box<(String, String)>>,
    /// How to mend it.
    pub help: Option<String>,
    /// What the test's runs did: one line each.
    pub log: Vec<String>,
}

impl TestFailure {
    /// A failure without a place.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// The same with a hint.
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same at a place of the test's file.
    pub(super) fn at(mut self, file: &str, position: Position) -> Self {
        file.clone_into(&mut self.file);
        let number = |number: Option<usize>| {
            number
                .and_then(|number| u32::try_from(number).ok())
                .unwrap_or(0)
        };
        self.line = number(position.line());
        self.column = number(position.position());
        self
    }
}

/// Ends the test with `failure`, at the place of the call: nothing in the script catches it.
#[expect(
    clippy::unnecessary_box_returns,
    reason = "a boxed error is what Rhai's functions give back"
)]
pub(super) fn fail(context: &NativeCallContext, failure: TestFailure) -> Thrown {
    let position = context.call_position();
    current::fail(|file| {
        if failure.file.is_empty() {
            failure.at(file, position)
        } else {
            failure
        }
    });
    halt()
}

/// What went wrong in a test's script, with its place: the innermost one in the test's own file.
pub(super) fn of_error(file: &str, error: EvalAltResult) -> TestFailure {
    let mut place = Position::NONE;
    let (error, own) = crate::failure::innermost(error, |function, position| {
        if function.is_some() && !position.is_none() {
            place = position;
        }
    });
    if !own.is_none() {
        place = own;
    }
    let (_, message) = crate::failure::explain(&error);
    TestFailure::new(message).at(file, place)
}
