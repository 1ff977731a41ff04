//! Waiting for an instant of Cuebook's clock, which in tests is moved by hand.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::{Clock, Timestamp};

/// The longest sleep at a stretch: a clock that was set, or moved by hand, is noticed after this.
const STRETCH: Duration = Duration::from_millis(200);

/// Waits by a clock.
pub(crate) struct Pauses(Arc<dyn Clock>);

impl Pauses {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }

    /// Returns when the clock has reached `due`, never before.
    pub(crate) async fn until(&self, due: Timestamp) {
        while let Some(left) = self.left(due) {
            tokio::time::sleep(left.min(STRETCH)).await;
        }
    }

    /// How long it is to `due`; `None` once it has come.
    pub(crate) fn left(&self, due: Timestamp) -> Option<Duration> {
        (due - self.0.now())
            .to_std()
            .ok()
            .filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use cuebook_core::clock::{ManualClock, later};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_with_the_clock_and_not_before() {
        let start = Timestamp::UNIX_EPOCH;
        let clock = Arc::new(ManualClock::new(start));
        let pauses = Pauses::new(clock.clone());
        let due = start + TimeDelta::days(3);

        clock.advance(TimeDelta::days(3) - TimeDelta::microseconds(1));
        let early = tokio::time::timeout(Duration::from_secs(2), pauses.until(due)).await;
        assert!(early.is_err());

        clock.advance(TimeDelta::microseconds(1));
        let soon = tokio::time::timeout(STRETCH, pauses.until(due)).await;
        assert!(soon.is_ok());
    }

    #[test]
    fn a_pause_beyond_the_calendar_is_the_end_of_time() {
        assert_eq!(
            later(Timestamp::UNIX_EPOCH, Duration::MAX),
            Timestamp::MAX_UTC
        );
    }
}
