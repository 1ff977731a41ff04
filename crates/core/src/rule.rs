//! A rule's name, its version, and what its head says.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A rule's name: `<event-type>/<name>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RuleName(String);

/// A text that is no rule's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a rule's name: write <event-type>/<name>")]
pub struct NotARuleName(String);

impl RuleName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder: an event type, `any`, `manual` or `schedule`.
    pub fn folder(&self) -> &str {
        self.0.split_once('/').map_or("", |(folder, _)| folder)
    }
}

impl std::str::FromStr for RuleName {
    type Err = NotARuleName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let valid = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        match text.split_once('/') {
            Some((folder, name)) if valid(folder) && valid(name) => Ok(Self(text.to_owned())),
            _ => Err(NotARuleName(text.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The hash of a rule's source, imports and templates: 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VersionHash(pub String);

impl fmt::Display for VersionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How runs of one rule for one subject relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concurrency {
    /// One at a time, in order of arrival.
    #[default]
    Subject,
    /// All at once.
    None,
}

/// What a rule's head says.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOptions {
    /// Whether it runs at all.
    pub enabled: bool,
    /// How its runs for one subject relate.
    pub concurrency: Concurrency,
    /// For `rules/any`: the types it is for; all that come from outside if empty.
    pub types: Vec<String>,
    /// How its calls are retried.
    pub retry: RetryOptions,
    /// How long a run may take in all, waits included.
    pub timeout: Option<Duration>,
    /// The types of events that end its runs for the same subject.
    pub cancel_on: Vec<String>,
    /// How long it must be quiet about a subject before the last of a burst runs.
    pub debounce: Option<Duration>,
    /// How much its runs may send.
    pub budget: Budget,
    /// How often its runs may turn to one host.
    pub rate: Option<Rate>,
}

impl Default for RuleOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            concurrency: Concurrency::default(),
            types: Vec::new(),
            retry: RetryOptions::default(),
            timeout: None,
            cancel_on: Vec::new(),
            debounce: None,
            budget: Budget::default(),
            rate: None,
        }
    }
}

/// How much the runs of a rule may send; what is over is held for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// So many mails.
    pub emails: u32,
    /// Within so much time.
    pub per: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            emails: 200,
            per: Duration::from_hours(1),
        }
    }
}

/// How often the runs of a rule may turn to one host, all together; what is over waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many HTTP calls and webhooks, one at least.
    pub calls: u32,
    /// Within so much time, which is not nothing.
    pub per: Duration,
}

/// How calls are retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryOptions {
    /// How often in all.
    pub attempts: u32,
    /// The first pause; each further one is twice the one before.
    pub first: Duration,
    /// The longest pause.
    pub max: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        Self {
            attempts: 8,
            first: Duration::from_secs(5),
            max: Duration::from_hours(1),
        }
    }
}
