//! The age of the refresh token: when it ends, and when that is worth a warning.
//!
//! An installation that talks to Ticketpark gets a new one with each refresh. One that is silent for a month loses its
//! login, which only a person can renew: so the log says it a week before, once a day.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// How long a refresh token lives, as Ticketpark's PHP client takes it.
pub const REFRESH_TOKEN_LIFE: TimeDelta = TimeDelta::days(30);
/// How long before its end the warnings begin.
pub const REFRESH_TOKEN_WARNING: TimeDelta = TimeDelta::days(7);
/// A token older than this is renewed without need, so that a silent installation stays logged in.
pub(crate) const RENEW_AFTER: TimeDelta = TimeDelta::days(1);

/// Remembers the last warning.
#[derive(Debug, Default)]
pub(crate) struct AgeWatch(Mutex<Option<DateTime<Utc>>>);

impl AgeWatch {
    /// The end of a token obtained at `obtained_at`, if a warning about it is due at `now`; it counts as given then.
    pub(crate) fn warning(
        &self,
        obtained_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let ends_at = obtained_at.checked_add_signed(REFRESH_TOKEN_LIFE)?;
        if ends_at - now > REFRESH_TOKEN_WARNING {
            return None;
        }
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_some_and(|at| now - at < TimeDelta::days(1)) {
            return None;
        }
        *warned = Some(now);
        Some(ends_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(number)
    }

    #[test]
    fn the_warning_begins_a_week_before_the_end_and_comes_once_a_day() {
        let watch = AgeWatch::default();
        let hours = TimeDelta::hours;
        assert_eq!(watch.warning(day(0), day(23) - hours(1)), None);
        assert_eq!(watch.warning(day(0), day(23)), Some(day(30)));
        assert_eq!(watch.warning(day(0), day(23) + hours(23)), None);
        assert_eq!(watch.warning(day(0), day(24)), Some(day(30)));
    }

    #[test]
    fn a_token_past_its_end_is_still_warned_of() {
        assert_eq!(AgeWatch::default().warning(day(0), day(40)), Some(day(30)));
    }
}
