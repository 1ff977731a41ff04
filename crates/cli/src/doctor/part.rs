//! What was found of one part.

use serde::Serialize;

/// One part that was looked at.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    /// Its name.
    pub(crate) name: &'static str,
    /// How it is.
    pub(crate) verdict: Verdict,
    /// What there is to say, a line each.
    pub(crate) says: Vec<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// In order.
    Good,
    /// Not looked at, for a reason that is no fault.
    Skipped,
    /// Something is wrong.
    Finding,
}

impl Part {
    /// A part in order.
    pub(crate) fn good(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(name, Verdict::Good, vec![says.into()])
    }

    /// A part that was not looked at.
    pub(crate) fn skipped(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(name, Verdict::Skipped, vec![says.into()])
    }

    /// A part with something wrong.
    pub(crate) fn finding(name: &'static str, says: impl Into<String>) -> Self {
        Self::new(name, Verdict::Finding, vec![says.into()])
    }

    /// A part with an error, and all that caused it.
    pub(crate) fn failed(name: &'static str, error: &dyn std::error::Error) -> Self {
        let mut says = vec![error.to_string()];
        let mut cause = error.source();
        while let Some(error) = cause {
            says.push(format!("because: {error}"));
            cause = error.source();
        }
        Self::new(name, Verdict::Finding, says)
    }

    pub(crate) fn new(name: &'static str, verdict: Verdict, says: Vec<String>) -> Self {
        Self {
            name,
            verdict,
            says,
        }
    }
}
