//! The types that scripts know beside Rhai's own: an instant, a secret by name, and the answer of an HTTP call.

use std::sync::{Arc, OnceLock};

use cuebook_core::clock::Timestamp;
use cuebook_core::value::Value;
use rhai::Dynamic;

/// An instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A secret, by name: what it stands for never comes into a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretHandle(pub(crate) Arc<str>);

/// The answer of an HTTP call: `status`, `headers`, `body`, and `json`, which is parsed when it is first asked for.
#[derive(Debug, Clone)]
pub(crate) struct HttpAnswer(pub(crate) Arc<HttpParts>);

/// What an [`HttpAnswer`] is made of.
#[derive(Debug)]
pub(crate) struct HttpParts {
    /// The answer as the journal has it.
    pub(crate) value: Value,
    /// What the body is as JSON, once somebody asked.
    pub(crate) json: OnceLock<Result<Dynamic, String>>,
}
