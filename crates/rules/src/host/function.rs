//! A function that is journaled, and where its answer comes from.

use cuebook_core::chance::Chance;
use cuebook_core::clock::Timestamp;
use cuebook_core::failure::CallError;
use cuebook_core::function::FunctionDescriptor;
use cuebook_core::journal::StepAnswer;
use cuebook_core::secret::SecretLookup;
use cuebook_core::value::Value;

/// A function that is journaled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function {
    /// What is known of it.
    pub(crate) descriptor: FunctionDescriptor,
    /// Where its answer comes from.
    pub(crate) source: Source,
}

/// Where an answer comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// From outside: the script is suspended, or the send is collected.
    Outside,
    /// From what rules remember: asked for like a read, changed like a send.
    State,
    /// From the claims of runs.
    Claim,
    /// From here, at once.
    Here(fn(&Moment<'_>, &[Value]) -> StepAnswer),
    /// From here, once a time has come.
    Later(Wait),
    /// From an event that comes, or from here once it is too late.
    Event,
}

/// A wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    /// When it is due, if it begins now.
    pub(crate) due: fn(Timestamp, &[Value]) -> Result<Timestamp, CallError>,
    /// What it answers, when it was due and is woken now.
    pub(crate) answer: fn(due: Timestamp, now: Timestamp) -> Value,
}

/// What local answers are made of.
pub(crate) struct Moment<'a> {
    /// The present moment.
    pub(crate) now: Timestamp,
    /// Where ids come from.
    pub(crate) chance: &'a dyn Chance,
    /// Finds secrets by name.
    pub(crate) secrets: &'a dyn SecretLookup,
}
