//! An access token and how long it is good for. It lives in memory only.

use chrono::{DateTime, TimeDelta, Utc};

use crate::secret::Secret;

/// A token is renewed this long before its end at the latest.
const LONGEST_MARGIN: TimeDelta = TimeDelta::seconds(60);
/// No life is taken to be longer, whatever the answer says.
const LONGEST_LIFE: TimeDelta = TimeDelta::days(1);

/// What requests bear.
#[derive(Debug)]
pub(crate) struct AccessToken {
    pub(crate) text: Secret,
    renew_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl AccessToken {
    /// A token that was asked for at `asked_at` and lives for `seconds` from then. It is renewed 60 s before its end, or
    /// a tenth of its life, whichever is shorter.
    pub(crate) fn new(text: Secret, asked_at: DateTime<Utc>, seconds: u64) -> Self {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        let life =
            TimeDelta::try_seconds(seconds).map_or(LONGEST_LIFE, |life| life.min(LONGEST_LIFE));
        let expires_at = asked_at + life;
        Self {
            text,
            renew_at: expires_at - LONGEST_MARGIN.min(life / 10),
            expires_at,
        }
    }

    /// Whether it is good and need not be renewed yet.
    pub(crate) fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now < self.renew_at
    }

    /// Whether it is good at all.
    pub(crate) fn is_good(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(life: u64, seconds: i64) -> (bool, bool) {
        let start = DateTime::UNIX_EPOCH;
        let token = AccessToken::new(Secret::from("t"), start, life);
        let now = start + TimeDelta::seconds(seconds);
        (token.is_fresh(now), token.is_good(now))
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        assert_eq!(after(600, 539), (true, true));
        assert_eq!(after(600, 540), (false, true));
        assert_eq!(after(600, 600), (false, false));
        assert_eq!(after(3600, 3539), (true, true));
        assert_eq!(after(3600, 3540), (false, true));
        assert_eq!(after(100, 89), (true, true));
        assert_eq!(after(100, 90), (false, true));
    }

    #[test]
    fn a_strange_life_is_no_trap() {
        assert_eq!(after(0, 0), (false, false));
        assert_eq!(after(u64::MAX, 86_300), (true, true));
        assert_eq!(after(u64::MAX, 86_400), (false, false));
    }
}
