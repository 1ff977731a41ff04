//! The functions that belong to a run: what it asks for, how it ends, what it logs.

pub(crate) mod ends;
pub(crate) mod log;
pub(crate) mod now;
pub(crate) mod once;
pub(crate) mod parallel;
pub(crate) mod secret;
pub(crate) mod sleep;
pub(crate) mod sleep_until;
pub(crate) mod state;
pub(crate) mod uuid;
pub(crate) mod wait_for;

use crate::host::function::Function;

/// Our own functions that are journaled.
pub(crate) const JOURNALED: &[Function] = &[
    now::FUNCTION,
    uuid::FUNCTION,
    sleep::FUNCTION,
    sleep_until::FUNCTION,
    wait_for::FUNCTION,
    state::GET,
    state::SET,
    state::INCR,
    state::REMOVE,
    once::FUNCTION,
];
