//! What a connection is doing: how many requests are in hand, and since when there is none.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// What one connection is doing.
#[derive(Debug)]
pub(crate) struct Activity {
    opened: Instant,
    in_hand: AtomicUsize,
    /// How many requests there were so far.
    requests: AtomicU64,
    /// Milliseconds after `opened` when the last request was done.
    idle_since: AtomicU64,
}

impl Activity {
    /// A connection that was opened just now.
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            in_hand: AtomicUsize::new(0),
            requests: AtomicU64::new(0),
            idle_since: AtomicU64::new(0),
        }
    }

    /// Takes a request in hand.
    pub(crate) fn begin(&self) {
        self.in_hand.fetch_add(1, Ordering::SeqCst);
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets go of a request.
    pub(crate) fn end(&self) {
        let since = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.idle_since.store(since, Ordering::Relaxed);
        self.in_hand.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether a request is in hand.
    pub(crate) fn is_busy(&self) -> bool {
        self.in_hand.load(Ordering::SeqCst) > 0
    }

    /// Whether there was a request at all.
    pub(crate) fn has_begun(&self) -> bool {
        self.requests.load(Ordering::Relaxed) > 0
    }

    /// Since when there is nothing to do: the end of the last request, else the connection's beginning.
    pub(crate) fn idle_since(&self) -> Instant {
        self.opened + Duration::from_millis(self.idle_since.load(Ordering::Relaxed))
    }
}
