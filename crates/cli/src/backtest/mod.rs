//! The backtest: candidate rules on stored events, and what they would have done otherwise than what was done.
//!
//! ```text
//! stream     events and their past runs, page by page, to threads; results back in order
//! replay     one event through one rule, with the answers of its past run
//! wanted     the effects that a run wants, as they are compared
//! alike      whether a run does just what was done, told at once
//! compare    two lists of effects: added, removed, changed
//! versions   the same of two versions of a rule, both rehearsed
//! tally      what is counted
//! findings   what is listed, one line of JSON or of text each
//! ```
//!
//! Nothing is performed, and what is in memory does not grow with the number of events.

mod alike;
mod compare;
mod counts;
mod findings;
mod progress;
mod replay;
mod report;
mod rules;
mod stream;
mod tally;
mod versions;
mod wanted;

pub(crate) use findings::{JsonFindings, Listed};
pub(crate) use progress::Progress;
pub(crate) use replay::Replayer;
pub(crate) use report::report;
pub(crate) use rules::Rules;
pub(crate) use stream::{Stream, Wanted};
pub(crate) use tally::Tallies;
pub(crate) use versions::difference;
