//! How a command ends: its exit code, and what it says when it could not do its work.

use std::fmt;
use std::process::ExitCode;

/// The exit codes that scripts around `cuebook` rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Good,
    /// The work was done and found something wrong: a failed check, a failed run.
    Findings,
    /// The command was used in a wrong way, or its configuration is wrong.
    Usage,
    /// Something could not be reached or started.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
            Exit::Unreachable => 3,
        })
    }
}

/// Why a command could not do its work, with the exit code that follows.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    error: anyhow::Error,
}

impl Failure {
    /// A wrong use.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.into(),
        }
    }

    /// Something that could not be reached or started.
    pub(crate) fn unreachable(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Unreachable,
            error: error.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        for cause in self.error.chain().skip(1) {
            write!(f, "\n  because: {cause}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_failure_names_each_cause_once() {
        let error = std::fs::read("/nowhere/at/all")
            .context("cannot read the file")
            .unwrap_err();
        let text = Failure::unreachable(error).to_string();
        assert!(text.starts_with("cannot read the file\n  because: "));
        assert_eq!(text.lines().count(), 2);
    }
}
