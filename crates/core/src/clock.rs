//! Time as a parameter: whoever needs the present moment is handed a [`Clock`].

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// An instant in UTC.
pub type Timestamp = DateTime<Utc>;

/// Tells the present moment.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// `after` past `at`; the end of time where no calendar holds it.
pub fn later(at: Timestamp, after: std::time::Duration) -> Timestamp {
    chrono::TimeDelta::from_std(after)
        .ok()
        .and_then(|after| at.checked_add_signed(after))
        .unwrap_or(Timestamp::MAX_UTC)
}

/// The machine's clock, in whole microseconds: what is stored of an instant is all there is of it, so that one from memory and
/// one from the database are equal.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        from_micros(to_micros(std::time::SystemTime::now().into()))
    }
}

/// A clock that stands still until it is moved: for tests.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock by `by`.
    pub fn advance(&self, by: chrono::TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whole microseconds since 1970, the form in which instants are stored.
pub fn to_micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

/// The instant of stored microseconds; what no calendar holds becomes the epoch.
pub fn from_micros(micros: i64) -> Timestamp {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_the_same_once_it_was_stored() {
        let now = SystemClock.now();
        assert_eq!(from_micros(to_micros(now)), now);
    }
}
