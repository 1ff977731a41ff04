//! From rows to the types of `core`. What stands in a row that this version cannot understand is an error, never a guess.

mod effect;
mod endpoint;
mod event;
mod replay;
mod run;
mod step;
mod wait;
mod words;

pub(crate) use effect::{effect_shown, rule_of};
pub(crate) use endpoint::endpoint_of;
pub(crate) use event::event_of;
pub(crate) use replay::{replay_of, selection_text};
pub(crate) use run::{UNREADABLE, run_of, run_shown};
pub(crate) use step::{answer_of, log_of, step_path};
pub(crate) use wait::wait_of;
pub(crate) use words::{count, word};
