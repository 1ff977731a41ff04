//! Whether the disk has room for more webhooks. Whoever watches the disk says so here; each webhook only looks at a flag.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the disk has room. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct DiskRoom(Arc<AtomicBool>);

impl DiskRoom {
    /// Says whether so little is left that webhooks are put off.
    pub fn set_low(&self, low: bool) {
        self.0.store(low, Ordering::Relaxed);
    }

    /// Whether webhooks are put off.
    pub fn is_low(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
