//! The end of a process image at one of its points, within a process that goes on: from then on nothing is committed any
//! more, and nothing begun outside. Whoever comes to a point is torn out of its work by a panic.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use cuebook_core::Probe;

/// When an image ends.
#[derive(Default)]
pub(super) struct Crash {
    at: Option<u64>,
    points: AtomicU64,
    armed: AtomicBool,
    over: AtomicBool,
}

impl Crash {
    /// Ends it at its point number `at`; never, if there is none.
    pub(super) fn at(at: Option<u64>) -> Arc<Self> {
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

    /// What ends it.
    pub(super) fn probe(self: &Arc<Self>) -> Probe {
        let crash = self.clone();
        Probe::new(move |_| {
            if !crash.armed.load(Ordering::SeqCst) {
                return;
            }
            let point = crash.points.fetch_add(1, Ordering::SeqCst) + 1;
            if crash.at == Some(point) {
                crash.over.store(true, Ordering::SeqCst);
            }
            if crash.is_over() {
                // Not by a macro, which would call the hook and fill the screen.
                resume_unwind(Box::new("the process image has ended"));
            }
        })
    }
}
