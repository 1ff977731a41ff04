//! What is known of one host: how many places it has earned, and who waits for one.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Passage;

/// The places of a host of which nothing is known.
const FIRST: usize = 2;

/// A host.
pub(super) struct Host {
    /// Its requests that are under way.
    pub(super) under_way: usize,
    /// How many may be.
    places: usize,
    /// When it last answered, or was last asked.
    moved: Instant,
    /// Who waits for a place, longest first.
    pub(super) waiting: VecDeque<oneshot::Sender<Passage>>,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            under_way: 0,
            places: FIRST,
            moved: Instant::now(),
            waiting: VecDeque::new(),
        }
    }
}

impl Host {
    pub(super) fn has_room(&self, most: usize) -> bool {
        self.under_way < self.places.min(most)
    }

    /// One more request is under way.
    pub(super) fn begin(&mut self) {
        self.under_way += 1;
        self.moved = Instant::now();
    }

    /// Whether it has answered, or was asked, within the last `moment`: then it does not hang yet.
    pub(super) fn moves(&self, moment: Duration) -> bool {
        self.moved.elapsed() < moment
    }

    /// It has answered: one place more, up to `most`.
    pub(super) fn earn(&mut self, most: usize) {
        self.moved = Instant::now();
        self.places = (self.places + 1).min(most);
    }

    /// Half of its places, but never the last one.
    pub(super) fn lose(&mut self) {
        self.places = (self.places / 2).max(1);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.under_way == 0 && self.waiting.is_empty()
    }
}
