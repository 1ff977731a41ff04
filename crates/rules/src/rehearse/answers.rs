//! Where a rehearsal's answers come from: mocks, a recorded journal, a person.

use cuebook_core::clock::Timestamp;
use cuebook_core::event::Event;
use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::{StepAnswer, StepKind, StepPath};
use cuebook_core::value::Value;

/// A call that a rehearsed script makes.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The function's full name.
    pub function: &'a str,
    /// [`StepKind::Read`] or [`StepKind::Write`]; [`StepKind::Local`] for `now`, `uuid`, `state::get` and `once`.
    pub kind: StepKind,
    /// With what.
    pub arguments: &'a [Value],
    /// The digest of the arguments, as a journal has it.
    pub digest: &'a str,
    /// Its place in the run.
    pub path: &'a StepPath,
    /// The line of the script.
    pub line: Option<u32>,
    /// When the script asks.
    pub now: Timestamp,
}

/// Answers a rehearsal's calls.
pub trait Answers {
    /// The answer to a call, or the error that the script may catch. `None` where nobody knows one: a local call is then
    /// answered by the rehearsal's own clock, chance and memory, and any other leaves the run
    /// [unanswered](super::Standing::Unanswered).
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer>;

    /// The event that ended the wait at `path`; `None` where none came in time. Only [`super::Rehearsal::play`] asks,
    /// since it waits for nobody.
    fn event(&mut self, _wait: &EventWait, _path: &StepPath) -> Option<Event> {
        None
    }
}

/// No answers: whatever goes outside stays unanswered.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAnswers;

impl Answers for NoAnswers {
    fn answer(&mut self, _asked: &Asked<'_>) -> Option<StepAnswer> {
        None
    }
}

/// A closure answers calls.
impl<F: FnMut(&Asked<'_>) -> Option<StepAnswer>> Answers for F {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        self(asked)
    }
}
