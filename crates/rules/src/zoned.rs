//! Dates and times as texts and on the wall: reading what people and Ticketpark write, and local times of a zone.
//!
//! A local time that the clocks skip (in spring) is moved on by what they skip; one that they show twice (in autumn) is
//! the first of the two.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use cuebook_core::clock::Timestamp;

/// What stands with an offset.
const WITH_OFFSET: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M%#z",
];
/// What stands without one.
const LOCAL: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
];
/// What is a day only.
const DAY: &[&str] = &["%Y-%m-%d", "%d.%m.%Y"];
/// The years that are taken: what RFC 3339 and calendars can write.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// The instant that `text` stands for: RFC 3339, Ticketpark's `2019-08-11T12:00:00+0200`, or a date with or without a time
/// in `zone`.
pub(crate) fn parse(text: &str, zone: Tz) -> Option<Timestamp> {
    let text = text.trim();
    let at = parse_offset(text).or_else(|| {
        let local = LOCAL
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        let day = || {
            DAY.iter()
                .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
                .map(|day| day.and_time(NaiveTime::MIN))
        };
        instant(local.or_else(day)?, zone)
    })?;
    YEARS.contains(&at.year()).then_some(at)
}

fn parse_offset(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .or_else(|| {
            WITH_OFFSET
                .iter()
                .find_map(|format| DateTime::parse_from_str(text, format).ok())
        })
        .map(|at| at.to_utc())
}

/// The instant at which the clocks of `zone` show `local`.
pub(crate) fn instant(local: NaiveDateTime, zone: Tz) -> Option<Timestamp> {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return Some(at.to_utc());
    }
    // The clocks skip this time: with the offset from before the gap it is as much later as they skip.
    let before = local.checked_sub_signed(TimeDelta::hours(3))?;
    let offset = zone.from_local_datetime(&before).earliest()?;
    Some((offset + TimeDelta::hours(3)).to_utc())
}

/// `at` moved by whole days of `zone`, at the same time on the wall.
pub(crate) fn add_days(at: Timestamp, days: i64, zone: Tz) -> Option<Timestamp> {
    let local = at.with_timezone(&zone).naive_local();
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        local.checked_sub_days(count)?
    } else {
        local.checked_add_days(count)?
    };
    instant(moved, zone)
}

/// The zone called `name`, such as `Europe/Zurich`.
pub(crate) fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZURICH: Tz = Tz::Europe__Zurich;

    fn utc(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn what_people_and_ticketpark_write_is_read() {
        for (text, expected) in [
            ("2019-08-11T12:00:00+0200", "2019-08-11T10:00:00Z"),
            ("2019-08-11T12:00:00+02:00", "2019-08-11T10:00:00Z"),
            ("2019-08-11T10:00:00Z", "2019-08-11T10:00:00Z"),
            ("2019-08-11T10:00:00.250Z", "2019-08-11T10:00:00.250Z"),
            ("2019-08-11 12:00:00", "2019-08-11T10:00:00Z"),
            ("2019-01-11 12:00", "2019-01-11T11:00:00Z"),
            ("2019-08-11", "2019-08-10T22:00:00Z"),
            ("11.08.2019", "2019-08-10T22:00:00Z"),
            (" 11.08.2019 12:00 ", "2019-08-11T10:00:00Z"),
        ] {
            assert_eq!(parse(text, ZURICH), Some(utc(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "tomorrow",
            "2019-13-01",
            "12:00",
            "99999-01-01",
            "2019-02-30T00:00:00Z",
        ] {
            assert_eq!(parse(text, ZURICH), None, "{text}");
        }
    }

    #[test]
    fn a_skipped_local_time_moves_on_and_a_doubled_one_is_the_first() {
        assert_eq!(
            parse("2026-03-29 02:30", ZURICH),
            Some(utc("2026-03-29T01:30:00Z"))
        );
        assert_eq!(
            parse("2026-10-25 02:30", ZURICH),
            Some(utc("2026-10-25T00:30:00Z"))
        );
    }

    #[test]
    fn a_day_more_keeps_the_time_on_the_wall() {
        let before = utc("2026-03-28T11:00:00Z");
        assert_eq!(
            add_days(before, 1, ZURICH),
            Some(utc("2026-03-29T10:00:00Z"))
        );
        assert_eq!(
            add_days(utc("2026-03-29T10:00:00Z"), -1, ZURICH),
            Some(before)
        );
        assert_eq!(add_days(before, i64::MAX, ZURICH), None);
    }
}
