//! A dry run: one rule on one event, with nothing performed, told step by step.

mod answers;
mod event;
mod json;
mod play;
mod pretend;
mod report;

pub(crate) use answers::Answering;
pub(crate) use event::{Given, Later, chosen, own};
pub(crate) use json::to_json;
pub(crate) use play::play;
pub(crate) use pretend::Pretended;
pub(crate) use report::report;
