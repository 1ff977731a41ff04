//! Watches the disk: when less than the reserve is free, webhooks are put off, until there is clearly more.

use std::io;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cuebook_server::DiskRoom;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

use super::{Reserve, Room};

/// How often it is looked at. In between, even a fast disk takes less than the usual reserve.
const EVERY: Duration = Duration::from_millis(500);
/// How much more than the reserve must be free before webhooks are taken again, in percent: so it does not flutter.
const AGAIN: u64 = 110;

/// Watches a disk.
pub(in crate::serve) struct DiskWatch<P> {
    probe: P,
    reserve: Reserve,
    room: DiskRoom,
    free: Gauge<f64, AtomicU64>,
    /// Whether it was said that the disk cannot be asked.
    is_blind: bool,
}

impl<P: FnMut() -> io::Result<Room> + Send> DiskWatch<P> {
    /// Watches what `probe` tells, and says in `room` when less than `reserve` is free.
    pub(in crate::serve) fn new(
        probe: P,
        reserve: Reserve,
        room: DiskRoom,
        registry: &mut Registry,
    ) -> Self {
        let free = Gauge::default();
        registry.register(
            "cuebook_disk_free_bytes",
            "What is free on the disk of the database",
            free.clone(),
        );
        Self {
            probe,
            reserve,
            room,
            free,
            is_blind: false,
        }
    }

    /// Looks once.
    pub(in crate::serve) fn look(&mut self) {
        let found = match (self.probe)() {
            Ok(found) => found,
            Err(error) => {
                // What is not known stops nobody: the database says itself when the disk is full.
                self.room.set_low(false);
                if !std::mem::replace(&mut self.is_blind, true) {
                    tracing::warn!(%error, "cannot see how much of the disk is free");
                }
                return;
            }
        };
        self.is_blind = false;
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        self.free.set(found.free as f64);
        let reserve = self.reserve.bytes(found);
        let was_low = self.room.is_low();
        let needed = if was_low {
            reserve / 100 * AGAIN
        } else {
            reserve
        };
        let is_low = found.free < needed;
        self.room.set_low(is_low);
        match (was_low, is_low) {
            (false, true) => tracing::error!(
                free = found.free,
                reserve,
                "the disk is nearly full: webhooks are put off with 503 until there is room"
            ),
            (true, false) => tracing::info!(free = found.free, "the disk has room again"),
            _ => {}
        }
    }

    /// Looks again and again.
    pub(in crate::serve) async fn watch(mut self, stop: CancellationToken) {
        let mut times = tokio::time::interval(EVERY);
        while stop.run_until_cancelled(times.tick()).await.is_some() {
            self.look();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn webhooks_are_put_off_below_the_reserve_and_taken_again_clearly_above_it() {
        let told = Arc::new(Mutex::new(Ok(1000)));
        let asked = Arc::clone(&told);
        let probe = move || {
            let free = asked
                .lock()
                .unwrap()
                .map_err(|()| io::Error::from(io::ErrorKind::Other))?;
            Ok(Room {
                free,
                total: 10_000,
            })
        };
        let room = DiskRoom::default();
        let reserve = Reserve::Bytes(500);
        let mut watch = DiskWatch::new(probe, reserve, room.clone(), &mut Registry::default());
        let mut low_with = |free| {
            *told.lock().unwrap() = free;
            watch.look();
            room.is_low()
        };
        assert!(!low_with(Ok(500)));
        assert!(low_with(Ok(499)));
        assert!(low_with(Ok(520)), "a little more is not enough");
        assert!(!low_with(Ok(550)));
        assert!(!low_with(Ok(520)), "nor is it too little");
        assert!(low_with(Ok(0)));
        assert!(!low_with(Err(())), "what cannot be seen stops nobody");
    }
}
