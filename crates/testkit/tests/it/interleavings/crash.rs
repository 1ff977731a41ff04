//! The end of a process image at one of its points, within a process that goes on. Where it crashes, nothing is committed
//! any more from then on, and nothing begun outside: whoever comes to a point is torn out of its work by a panic. Where it
//! ends in good order, the test is told to stop it.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cuebook_core::Probe;

/// At which of its points an image ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndsAt {
    pub(super) point: u64,
    pub(super) in_good_order: bool,
}

/// When an image ends.
#[derive(Default)]
pub(super) struct Crash {
    at: Option<EndsAt>,
    points: AtomicU64,
    armed: AtomicBool,
    over: AtomicBool,
}

impl Crash {
    /// Ends it `at` a point; never, if there is none.
    pub(super) fn at(at: Option<EndsAt>) -> Arc<Self> {
        Arc::new(Self {
            at,
            ..Self::default()
        })
    }

    /// From now on points count: the image has started, and nobody who starts it is torn out of it.
    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Whether it has ended.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// Whether it ends in good order.
    pub(super) fn is_in_good_order(&self) -> bool {
        self.at.is_some_and(|at| at.in_good_order)
    }

    /// What ends it.
    pub(super) fn probe(self: &Arc<Self>) -> Probe {
        let crash = self.clone();
        Probe::new(move |_| {
            if !crash.armed.load(Ordering::SeqCst) {
                return;
            }
            let point = crash.points.fetch_add(1, Ordering::SeqCst) + 1;
            if crash.at.is_some_and(|at| at.point == point) {
                crash.over.store(true, Ordering::SeqCst);
            }
            if crash.is_over() && !crash.is_in_good_order() {
                // Not by a macro, which would call the hook and fill the screen.
                resume_unwind(Box::new("the process image has ended"));
            }
        })
    }
}
