//! Moments as a command line gives them: `30d` ago, a day, or an instant.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta};
use cuebook_core::Timestamp;

/// A moment, maybe counted from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// So long ago.
    Ago(TimeDelta),
    /// This instant.
    At(Timestamp),
}

impl Moment {
    /// The instant, where it is `now`.
    pub(crate) fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(length) => now
                .checked_sub_signed(length)
                .unwrap_or(Timestamp::UNIX_EPOCH),
            Self::At(at) => at,
        }
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::At(at.to_utc()));
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Ok(Self::At(day.and_time(NaiveTime::MIN).and_utc()));
        }
        ago(text).map(Self::Ago).ok_or_else(|| {
            "write how long ago, such as 30d, 12h or 45m, a day such as 2026-03-14, or an instant such as 2026-03-14T18:30:00Z".to_owned()
        })
    }
}

fn ago(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        _ if number < 0 => None,
        's' => TimeDelta::try_seconds(number),
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        'w' => TimeDelta::try_weeks(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_a_day_and_an_instant_are_understood_and_nothing_else() {
        let now = "2026-03-14T12:00:00Z".parse::<Timestamp>().unwrap();
        let at = |text: &str| {
            text.parse::<Moment>()
                .map(|moment| moment.at(now).to_rfc3339())
        };
        assert_eq!(at("30d").unwrap(), "2026-02-12T12:00:00+00:00");
        assert_eq!(at("90m").unwrap(), "2026-03-14T10:30:00+00:00");
        assert_eq!(at("2026-03-01").unwrap(), "2026-03-01T00:00:00+00:00");
        assert_eq!(
            at("2026-03-01T08:00:00+01:00").unwrap(),
            "2026-03-01T07:00:00+00:00"
        );
        for wrong in [
            "",
            "d",
            "30",
            "30y",
            "-3d",
            "yesterday",
            "3ä",
            "99999999999999999d",
        ] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
