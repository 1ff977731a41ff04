//! What is to go wrong with the next requests, one mishap a request.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A mishap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It is answered with this status and not handled.
    Fail(u16),
    /// It is handled, and the answer held back for so long.
    Hang(Duration),
}

/// Those to come.
#[derive(Debug, Default)]
pub(crate) struct Mishaps(Mutex<VecDeque<Mishap>>);

impl Mishaps {
    pub(crate) fn plan(&self, mishap: Mishap) {
        let mut mishaps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mishaps.push_back(mishap);
    }

    pub(crate) fn next(&self) -> Option<Mishap> {
        let mut mishaps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mishaps.pop_front()
    }
}
