//! Ids and chance as a parameter: whoever needs them is handed a [`Chance`].

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, ContextV7, Timestamp as UuidTimestamp, Uuid};

use crate::clock::Timestamp;

/// Makes ids and random numbers.
pub trait Chance: Send + Sync {
    /// A fresh id of version 7; ids of one source made later sort later.
    fn uuid(&self, now: Timestamp) -> Uuid;

    /// 256 random bits.
    fn bytes(&self) -> [u8; 32];

    /// A number from 0 (inclusive) to 1 (exclusive), for jitter.
    fn fraction(&self) -> f64 {
        let [a, b, c, d, ..] = self.bytes();
        f64::from(u32::from_le_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The operating system's chance.
pub struct SystemChance(Mutex<ContextV7>);

impl Default for SystemChance {
    fn default() -> Self {
        Self(Mutex::new(ContextV7::new().with_additional_precision()))
    }
}

impl Chance for SystemChance {
    fn uuid(&self, now: Timestamp) -> Uuid {
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(UuidTimestamp::from_unix(
            &self.0,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }

    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        if getrandom::fill(&mut bytes).is_err() {
            // Without random numbers no token or key is safe: going on would be worse than ending.
            std::process::abort();
        }
        bytes
    }
}

/// Chance that counts: the same from one time to the next, for what is only rehearsed. Never for a token or a key.
#[derive(Debug, Default)]
pub struct CountedChance(AtomicU64);

impl Chance for CountedChance {
    /// Of the present moment and the count: later ones sort behind, also within a millisecond.
    fn uuid(&self, now: Timestamp) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let mut random = [0; 10];
        random[..8].copy_from_slice(&count.to_be_bytes());
        // The first bits of these are the version's and the variant's: they have to stay free of the count.
        random.rotate_right(2);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn bytes(&self) -> [u8; 32] {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&count.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_ids_are_the_same_each_time_and_sort_in_order() {
        let ids = || {
            let chance = CountedChance::default();
            let ids = (0..1_000).map(|_| chance.uuid(Timestamp::UNIX_EPOCH));
            ids.collect::<Vec<_>>()
        };
        let first = ids();
        assert_eq!(first, ids());
        assert!(first.is_sorted_by(|a, b| a < b));
        assert_eq!(first[0].get_version_num(), 7);
    }
}
