//! What has arrived, and when.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Counts arrivals; where times are wanted, notes the first one of each number.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    count: AtomicU64,
    timed: AtomicBool,
    times: Mutex<Vec<(u64, Instant)>>,
}

impl Arrivals {
    /// From now on, notes the times.
    pub(crate) fn time(&self) {
        self.timed.store(true, Ordering::Relaxed);
    }

    /// Something arrived, with the last number in `text`.
    pub(super) fn arrived(&self, text: &[u8]) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if self.timed.load(Ordering::Relaxed)
            && let Some(number) = last_number(text)
        {
            let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
            times.push((number, Instant::now()));
        }
    }

    /// How many have arrived.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// What has arrived with its time.
    pub(crate) fn times(&self) -> Vec<(u64, Instant)> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.clone()
    }

    /// Waits until `count` have arrived; gives whether they did before nothing came for `patience`.
    pub(crate) fn wait_for(&self, count: u64, patience: Duration) -> bool {
        let (mut last, mut moved) = (self.count(), Instant::now());
        while last < count {
            thread::sleep(Duration::from_millis(1));
            let now = self.count();
            if now != last {
                (last, moved) = (now, Instant::now());
            } else if moved.elapsed() > patience {
                return false;
            }
        }
        true
    }
}

fn last_number(text: &[u8]) -> Option<u64> {
    let end = text.iter().rposition(u8::is_ascii_digit)? + 1;
    let begin = text[..end]
        .iter()
        .rposition(|byte| !byte.is_ascii_digit())
        .map_or(0, |at| at + 1);
    str::from_utf8(&text[begin..end]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_arrival_is_its_last_one() {
        assert_eq!(last_number(b"booking 7 is 000000000042\"}\r\n"), Some(42));
        assert_eq!(last_number(b"12"), Some(12));
        assert_eq!(last_number(b"none"), None);
    }
}
