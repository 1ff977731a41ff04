//! Dates: `24.11.2026`, `Dienstag, 24. November 2026`.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

use super::parts;

/// How much of a date is written, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The date in figures.
    Date,
    /// The date in figures and the time of day.
    DateTime,
    /// The time of day.
    Time,
    /// The date in words.
    Long,
    /// The date in words and the time of day.
    LongTime,
}

impl Style {
    /// The names of all styles, as scripts and templates give them.
    pub(crate) const NAMES: &[&str] = &["date", "datetime", "time", "long", "longtime"];

    /// The style called `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Date,
            "datetime" => Self::DateTime,
            "time" => Self::Time,
            "long" => Self::Long,
            "longtime" => Self::LongTime,
            _ => return None,
        })
    }
}

const GERMAN: Names = Names {
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    days: [
        "Montag",
        "Dienstag",
        "Mittwoch",
        "Donnerstag",
        "Freitag",
        "Samstag",
        "Sonntag",
    ],
};
const FRENCH: Names = Names {
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    days: [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
};
const ITALIAN: Names = Names {
    months: [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    days: [
        "lunedì",
        "martedì",
        "mercoledì",
        "giovedì",
        "venerdì",
        "sabato",
        "domenica",
    ],
};
const ENGLISH: Names = Names {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    days: [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
};

struct Names {
    months: [&'static str; 12],
    days: [&'static str; 7],
}

/// `at` as people of `locale` write it. A language that is not known here gets `2026-11-24`.
pub(crate) fn date(at: DateTime<Tz>, style: Style, locale: &str) -> String {
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    match style {
        Style::Time => time,
        Style::Date => figures(at, locale),
        Style::DateTime => format!("{}, {time}", figures(at, locale)),
        Style::Long => words(at, locale),
        Style::LongTime => format!("{}, {time}", words(at, locale)),
    }
}

fn figures(at: DateTime<Tz>, locale: &str) -> String {
    let (day, month, year) = (at.day(), at.month(), at.year());
    let (language, country) = parts(locale);
    match (language.as_str(), country.as_str()) {
        ("en", "us") => format!("{month:02}/{day:02}/{year:04}"),
        ("en", _) | ("fr" | "it", "fr" | "it" | "be") => format!("{day:02}/{month:02}/{year:04}"),
        ("de" | "fr" | "it" | "rm", _) => format!("{day:02}.{month:02}.{year:04}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn words(at: DateTime<Tz>, locale: &str) -> String {
    let (language, _) = parts(locale);
    let names = match language.as_str() {
        "de" => &GERMAN,
        "fr" => &FRENCH,
        "it" => &ITALIAN,
        "en" => &ENGLISH,
        _ => return figures(at, locale),
    };
    let index = |n: u32| usize::try_from(n).unwrap_or_default();
    let weekday = names.days[index(at.weekday().num_days_from_monday())];
    let month = names.months[index(at.month0())];
    let (day, year) = (at.day(), at.year());
    match language.as_str() {
        "de" => format!("{weekday}, {day}. {month} {year}"),
        "fr" if day == 1 => format!("{weekday} 1er {month} {year}"),
        "fr" | "it" => format!("{weekday} {day} {month} {year}"),
        _ => format!("{weekday}, {day} {month} {year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: Style, locale: &str) -> String {
        let at = DateTime::parse_from_rfc3339("2026-11-24T18:05:00Z").unwrap();
        date(at.with_timezone(&Tz::Europe__Zurich), style, locale)
    }

    #[test]
    fn figures_fit_the_locale() {
        assert_eq!(written(Style::Date, "de"), "24.11.2026");
        assert_eq!(written(Style::DateTime, "fr-CH"), "24.11.2026, 19:05");
        assert_eq!(written(Style::Date, "fr-FR"), "24/11/2026");
        assert_eq!(written(Style::Date, "en"), "24/11/2026");
        assert_eq!(written(Style::Date, "en-US"), "11/24/2026");
        assert_eq!(written(Style::Date, "sv"), "2026-11-24");
        assert_eq!(written(Style::Time, "de"), "19:05");
    }

    #[test]
    fn words_are_of_the_language() {
        assert_eq!(written(Style::Long, "de"), "Dienstag, 24. November 2026");
        assert_eq!(
            written(Style::LongTime, "fr"),
            "mardi 24 novembre 2026, 19:05"
        );
        assert_eq!(written(Style::Long, "it-CH"), "martedì 24 novembre 2026");
        assert_eq!(written(Style::Long, "en"), "Tuesday, 24 November 2026");
        assert_eq!(written(Style::Long, "sv"), "2026-11-24");
    }

    #[test]
    fn each_style_has_its_name() {
        for name in Style::NAMES {
            assert!(Style::named(name).is_some(), "{name}");
        }
    }
}
