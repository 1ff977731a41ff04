//! Waits for events: a run waits until an event of some type comes for its booking or person, or a deadline.
//!
//! Two things can happen first, and neither may miss the other. `begin` looks, in the transaction that suspends a run,
//! whether the event is stored already; if not it leaves a row in `waits`. `accepted` looks, in the transaction that
//! stores an event, whether a row waits for it. Both go through the one writer; where several processes write, both take
//! a lock on the subject before their transaction looks at anything (see `writer/subject_locks`). So acceptance and
//! suspension exclude each other, and no wake-up is lost.
//!
//! A run that is given its event (`give`) has the whole of it as the answer of its step, is `ready` again at the end of
//! its lane, and waits no more, all in that transaction. One whose deadline came first is woken by `wake_runs`, which
//! takes its row away: from then on no event can answer it, and the script goes on with `()`.
//!
//! Of the events that came after the run's own, in order of arrival, each is given to one wait of a run. Which were given
//! stands with the steps, so an event whose step is cut out of the journal may be given again.

mod accepted;
mod begin;
mod give;

#[cfg(test)]
pub(super) use accepted::about;
pub(super) use accepted::end_waits;
pub use begin::AwaitedEvent;
#[cfg(test)]
pub(super) use begin::came_after;
pub(super) use begin::{Beginning, begin_waits};
pub(crate) use give::forget_waits;
