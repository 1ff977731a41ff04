//! A run's journal: what its script asked for, and what was answered.
//!
//! Steps are keyed by *path*: the number of the step among its kind's siblings (`4`), or within a branch of `parallel`
//! the path of the `parallel`, the branch and the number there (`4.1.0`). So the order in which answers arrive changes
//! no key.

mod cut;
mod rounds;
mod stored;

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::event::words;
use crate::failure::CallError;
use crate::send::PreparedSend;
use crate::value::Value;

pub use cut::{Cut, Progress};
pub use rounds::Rounds;
pub use stored::StoredAnswer;

words! {
    /// What kind of step it is.
    StepKind {
        /// Answered in place.
        Local = "local",
        /// A call that changes nothing outside.
        Read = "read",
        /// A call that writes.
        Write = "write",
        /// A wait.
        Wait = "wait",
        /// A send.
        Send = "send",
    }
}

/// A step's place in a run. Paths sort in the order of the script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StepPath(Vec<u32>);

impl StepPath {
    /// The path of step `number` directly in the script.
    pub fn top(number: u32) -> Self {
        Self(vec![number])
    }

    /// The path of step `number` in `branch` of the `parallel` at this path.
    #[must_use]
    pub fn child(&self, branch: u32, number: u32) -> Self {
        let mut parts = self.0.clone();
        parts.extend([branch, number]);
        Self(parts)
    }

    /// The number of the step in the script itself that this one is or lies within.
    pub fn top_number(&self) -> u32 {
        self.0.first().copied().unwrap_or_default()
    }

    /// Whether the step stands in a branch of `parallel`.
    pub fn is_in_parallel(&self) -> bool {
        self.0.len() > 1
    }
}

impl fmt::Display for StepPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            part.fmt(f)?;
        }
        Ok(())
    }
}

/// A text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the path of a step")]
pub struct NotAPath(String);

impl std::str::FromStr for StepPath {
    type Err = NotAPath;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Result<Vec<u32>, _> = text.split('.').map(str::parse).collect();
        parts.map(Self).map_err(|_| NotAPath(text.to_owned()))
    }
}

/// What identifies a question: the function and the digest of its arguments. A replay that asks something else at the
/// same path has diverged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The function's full name.
    pub function: String,
    /// [`digest`] of the arguments.
    pub digest: String,
}

/// The digest of a step's arguments: SHA-256 over their journal form, 32 hex digits.
pub fn digest(arguments: &[Value]) -> String {
    let mut hash = Sha256::new();
    // Writing to a vector of our own values cannot fail.
    hash.update(serde_json::to_vec(arguments).unwrap_or_default());
    hex::encode(&hash.finalize()[..16])
}

/// What a journal knows of the step at a path.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What was asked.
    pub question: Question,
    /// What kind of step it is.
    pub kind: StepKind,
    /// What was answered; `None` while the answer is outstanding.
    pub answer: Option<StepAnswer>,
    /// For a wait without an answer: when it is due.
    pub wake_at: Option<Timestamp>,
}

/// What a step was answered: a value, or an error that the script can catch.
pub type StepAnswer = Result<Value, CallError>;

/// Whether `answer` is an HTTP answer by which the other side refused: a status of 400 or above. A script gets to know
/// it like any answer, but nothing was done.
pub fn is_refusal(answer: &Value) -> bool {
    let status = answer.get("status").and_then(Value::as_int);
    status.is_some_and(|status| status >= 400)
}

/// What stands in a run's journal for the current generation.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// The steps by path.
    pub steps: BTreeMap<StepPath, Entry>,
    /// The keys of the log lines that are stored already.
    pub logged: HashSet<String>,
}

/// A change to a journal, to be stored: a new step, or the answer to one.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// Its place.
    pub path: StepPath,
    /// What was asked.
    pub question: Question,
    /// What kind of step it is.
    pub kind: StepKind,
    /// The arguments, to be shown. Empty for sends, whose content stands in the ledger.
    pub arguments: Vec<Value>,
    /// The answer, or `None` for an intent.
    pub answer: Option<StepAnswer>,
    /// For a wait: when it is due.
    pub wake_at: Option<Timestamp>,
    /// The line of the script.
    pub line: Option<u32>,
    /// When it was asked.
    pub started_at: Timestamp,
    /// When it was answered.
    pub ended_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
}

impl StepRecord {
    /// What the journal knows once this is recorded.
    pub fn entry(&self) -> Entry {
        Entry {
            question: self.question.clone(),
            kind: self.kind,
            answer: self.answer.clone(),
            wake_at: self.wake_at,
        }
    }
}

/// A call that a script asked for and that has to be performed.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRequest {
    /// Its place.
    pub path: StepPath,
    /// What is asked.
    pub question: Question,
    /// [`StepKind::Read`] or [`StepKind::Write`], or [`StepKind::Local`] for what Cuebook's own database answers.
    pub kind: StepKind,
    /// With what; the digest is that of what the script gave.
    pub arguments: Vec<Value>,
    /// The line of the script.
    pub line: Option<u32>,
}

/// A send step of the current segment, ready for the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct SendRequest {
    /// Its place.
    pub path: StepPath,
    /// What was asked.
    pub question: Question,
    /// With what, as the script said it. The store keeps what was prepared of it.
    pub arguments: Vec<Value>,
    /// The line of the script.
    pub line: Option<u32>,
    /// What is to be sent.
    pub parts: Vec<PreparedSend>,
}

impl SendRequest {
    /// The step that a journal has of it once its segment has ended, at `at`.
    pub fn step(&self, at: Timestamp) -> StepRecord {
        StepRecord {
            path: self.path.clone(),
            question: self.question.clone(),
            kind: StepKind::Send,
            arguments: Vec::new(),
            answer: Some(Ok(Value::Unit)),
            wake_at: None,
            line: self.line,
            started_at: at,
            ended_at: Some(at),
            attempts: 0,
        }
    }
}

/// The path and question of a step as the API shows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Divergence {
    /// Where.
    pub path: String,
    /// What the journal says was asked there; `None` where the journal has a step that the script no longer reaches.
    pub journaled: String,
    /// What the script asks now.
    pub asked: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at step {} the journal has {}, the script now asks for {}",
            self.path, self.journaled, self.asked
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_sort_in_the_order_of_the_script() {
        let mut paths: Vec<StepPath> = ["10", "2", "2.1.0", "2.0.11", "3"]
            .iter()
            .map(|p| p.parse().unwrap())
            .collect();
        paths.sort();
        let text: Vec<String> = paths.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["2", "2.0.11", "2.1.0", "3", "10"]);
        assert_eq!(StepPath::top(2).child(1, 0).to_string(), "2.1.0");
        assert!("2.x".parse::<StepPath>().is_err());
    }

    #[test]
    fn the_digest_tells_arguments_apart() {
        assert_ne!(
            digest(&[Value::from("a"), Value::from("b")]),
            digest(&[Value::from("ab")])
        );
        assert_eq!(digest(&[Value::Int(1)]), digest(&[Value::Int(1)]));
        assert_eq!(digest(&[]).len(), 32);
    }
}
