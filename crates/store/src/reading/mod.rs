//! From rows to the types of `core`. What stands in a row that this version cannot understand is an error, never a guess.

mod effect;
mod event;
mod run;
mod step;
mod wait;
mod words;

pub(crate) use effect::{attempt_of, effect_of};
pub(crate) use event::event_of;
pub(crate) use run::{UNREADABLE, run_of, run_shown};
pub(crate) use step::{answer_of, log_of, step_path};
pub(crate) use wait::wait_of;
pub(crate) use words::{count, word};
