//! What belongs to a run while its script runs: the host behind the functions that scripts call.
//!
//! One host at a time lives on a thread, for the length of a pass. It knows the journal, where in the run the script is,
//! and why it must not go on. It must not know how anything is performed.

pub(crate) mod ask;
mod await_event;
pub(crate) mod branch;
pub(crate) mod cells;
pub(crate) mod current;
pub(crate) mod event_view;
pub(crate) mod function;
pub(crate) mod gauge;
pub(crate) mod logs;
pub(crate) mod modules;
pub(crate) mod remember;
pub(crate) mod run;
pub(crate) mod step;
pub(crate) mod stop;
