//! Timetables: a cron text with a time zone, and the instants that they stand for.
//!
//! Cron's rules for the two odd nights of the year: a timetable with a fixed hour and minute runs once in each of them. In
//! spring a local time that does not exist is taken at the next one that does, in autumn one that comes twice counts the
//! first time. A timetable that repeats within the day (`*` or `*/n` as its minute or hour) goes by the time that passes: it
//! leaves out what does not exist, and counts what comes twice twice. This module must not know who runs by a timetable.

use std::fmt;

use chrono::{TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use cuebook_core::clock::Timestamp;

/// The fields of a cron text, and what each may hold.
const FIELDS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31, or L for the last"),
    ("month", "1 to 12, or JAN to DEC"),
    ("day of the week", "0 to 7, or SUN to SAT"),
];

/// When a rule runs.
#[derive(Debug, Clone)]
pub struct Timetable {
    text: String,
    cron: Cron,
    zone: Tz,
}

/// A text that is no timetable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotATimetable {
    /// It has another number of fields.
    #[error(
        "a timetable has five fields (minute, hour, day of the month, month, day of the week), such as \"0 8 * * MON\", or is @hourly, @daily, @weekly, @monthly or @yearly; this has {0}"
    )]
    Fields(usize),
    /// One of its fields is wrong.
    #[error(
        "{text:?} is no {name}: write *, {allowed}, or a list (1,15), a range (1-5) or a step (*/10)"
    )]
    Field {
        /// Which: 0 for the first.
        number: usize,
        /// What it says.
        text: String,
        /// What it is called.
        name: &'static str,
        /// What it may hold.
        allowed: &'static str,
    },
    /// Each field may be right, but not all of them together.
    #[error("this is no timetable: {0}")]
    Whole(String),
    /// No day of the calendar fits.
    #[error("no day is like this: it would never run")]
    Never,
}

impl Timetable {
    /// The timetable that `text` stands for, by the clocks of `zone`.
    pub(crate) fn new(text: &str, zone: Tz) -> Result<Self, NotATimetable> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let cron = parse(&text)?;
        let timetable = Self { text, cron, zone };
        // Any day will do from which four years, and so all days that there are, lie ahead.
        match timetable.next(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(timetable),
            None => Err(NotATimetable::Never),
        }
    }

    /// The first instant after `after`.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        let after = after.with_timezone(&self.zone);
        let next = self.cron.find_next_occurrence(&after, false);
        next.ok().map(|at| at.with_timezone(&Utc))
    }

    /// The last instant at or before `until`.
    pub fn latest(&self, until: Timestamp) -> Option<Timestamp> {
        let until = until.with_timezone(&self.zone);
        let latest = self.cron.find_previous_occurrence(&until, true);
        latest.ok().map(|at| at.with_timezone(&Utc))
    }

    /// What its clocks show at `at`, with their offset: RFC 3339.
    pub fn local(&self, at: Timestamp) -> String {
        let at = self.zone.from_utc_datetime(&at.naive_utc());
        at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The cron text.
    pub fn cron(&self) -> &str {
        &self.text
    }

    /// The name of its time zone.
    pub fn zone(&self) -> &'static str {
        self.zone.name()
    }
}

impl fmt::Display for Timetable {
    /// The cron text with its time zone: equal for equal timetables.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.cron(), self.zone())
    }
}

fn parse(text: &str) -> Result<Cron, NotATimetable> {
    let parser = CronParser::builder()
        .seconds(Seconds::Disallowed)
        .year(Year::Disallowed)
        .build();
    let whole = |error: croner::errors::CronError| NotATimetable::Whole(error.to_string());
    if text.starts_with('@') {
        return parser.parse(text).map_err(|_| NotATimetable::Fields(1));
    }
    let fields: Vec<&str> = text.split(' ').filter(|field| !field.is_empty()).collect();
    if fields.len() != FIELDS.len() {
        return Err(NotATimetable::Fields(fields.len()));
    }
    for (number, (field, (name, allowed))) in fields.iter().zip(FIELDS).enumerate() {
        let mut alone = ["*"; FIELDS.len()];
        alone[number] = field;
        if parser.parse(&alone.join(" ")).is_err() {
            return Err(NotATimetable::Field {
                number,
                text: (*field).to_owned(),
                name,
                allowed,
            });
        }
    }
    parser.parse(text).map_err(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZURICH: Tz = Tz::Europe__Zurich;

    fn utc(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn timetable(text: &str) -> Timetable {
        Timetable::new(text, ZURICH).unwrap()
    }

    /// The next `count` instants after `after`, by the clocks of Zurich.
    fn instants(text: &str, after: &str, count: usize) -> Vec<String> {
        let timetable = timetable(text);
        let mut at = utc(after);
        let mut all = Vec::new();
        for _ in 0..count {
            at = timetable.next(at).unwrap();
            all.push(timetable.local(at));
        }
        all
    }

    #[test]
    fn it_goes_by_the_clocks_of_its_zone() {
        assert_eq!(
            instants("0 8 * * MON", "2026-03-20T00:00:00Z", 2),
            ["2026-03-23T08:00:00+01:00", "2026-03-30T08:00:00+02:00"]
        );
        assert_eq!(
            instants("@daily", "2026-06-01T00:00:00Z", 1),
            ["2026-06-02T00:00:00+02:00"]
        );
        let there = Timetable::new("0 8 * * *", Tz::America__New_York).unwrap();
        assert_eq!(
            there.next(utc("2026-01-01T00:00:00Z")),
            Some(utc("2026-01-01T13:00:00Z"))
        );
    }

    #[test]
    fn a_local_time_that_does_not_exist_is_taken_once_at_the_next_that_does() {
        assert_eq!(
            instants("30 2 * * *", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
        );
        assert_eq!(
            instants("0 2,3 * * *", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"],
            "two that fall together are one"
        );
    }

    #[test]
    fn a_local_time_that_comes_twice_counts_the_first_time() {
        assert_eq!(
            instants("30 2 * * *", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
        );
    }

    #[test]
    fn what_repeats_within_the_day_goes_by_the_time_that_passes() {
        assert_eq!(
            instants("30 * * * *", "2026-03-29T00:00:00Z", 2),
            ["2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"]
        );
        assert_eq!(
            instants("30 * * * *", "2026-10-25T00:00:00Z", 3),
            [
                "2026-10-25T02:30:00+02:00",
                "2026-10-25T02:30:00+01:00",
                "2026-10-25T03:30:00+01:00"
            ]
        );
    }

    #[test]
    fn the_latest_is_the_one_that_no_other_follows_until_then() {
        let texts = [
            "30 2 * * *",
            "0 2,3 * * *",
            "*/20 * * * *",
            "15 1-3 * * *",
            "0 8 * * MON",
            "0 0 L * *",
            "* 2 * * SUN",
        ];
        for text in texts {
            let timetable = timetable(text);
            // Around both nights on which the clocks change, and ordinary days.
            for start in ["2026-03-28T20:00:00Z", "2026-10-24T20:00:00Z"] {
                let start = utc(start);
                for minutes in (0..16 * 60).step_by(7) {
                    let at = start + chrono::TimeDelta::minutes(minutes);
                    let latest = timetable.latest(at).unwrap();
                    assert!(latest <= at, "{text} at {at}: {latest}");
                    let next = timetable.next(latest).unwrap();
                    assert!(next > at, "{text} at {at}: {latest}, then {next}");
                }
            }
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        for (text, number, name) in [
            ("60 8 * * *", 0, "minute"),
            ("0 24 * * *", 1, "hour"),
            ("0 8 0 * *", 2, "day of the month"),
            ("0 8 * 13 *", 3, "month"),
            ("0 8 * * MOO", 4, "day of the week"),
            ("0 8-99999999999999999999 * * *", 1, "hour"),
            ("0 ä * * *", 1, "hour"),
            ("0 */0 * * *", 1, "hour"),
        ] {
            let Err(NotATimetable::Field {
                number: found,
                name: called,
                ..
            }) = Timetable::new(text, ZURICH)
            else {
                panic!("{text}: {:?}", Timetable::new(text, ZURICH));
            };
            assert_eq!((found, called), (number, name), "{text}");
        }
    }

    #[test]
    fn what_has_not_five_fields_says_how_to_write_one() {
        for (text, fields) in [("", 0), ("0 8 * *", 4), ("0 0 8 * * MON", 6), ("@noon", 1)] {
            let error = Timetable::new(text, ZURICH).unwrap_err();
            assert_eq!(error, NotATimetable::Fields(fields), "{text}");
            assert!(error.to_string().contains("\"0 8 * * MON\""));
        }
    }

    #[test]
    fn what_never_comes_is_refused() {
        for text in ["0 0 30 2 *", "0 8 * * +"] {
            let error = Timetable::new(text, ZURICH).unwrap_err();
            assert_eq!(error, NotATimetable::Never, "{text}");
        }
    }
}
