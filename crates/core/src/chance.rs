//! Ids and chance as a parameter: whoever needs them is handed a [`Chance`].

use std::sync::Mutex;

use uuid::{ContextV7, Timestamp as UuidTimestamp, Uuid};

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
