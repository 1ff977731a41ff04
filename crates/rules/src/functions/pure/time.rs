//! `time::*`: reading, writing and moving times, by the calendar of a time zone.

use chrono::{Datelike, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;
use cuebook_core::CallError;
use cuebook_core::clock::Timestamp;
use cuebook_core::function::{OptionKey, Parameter, ParameterKind};
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use crate::localize::{self, Style};
use crate::{duration, suggest, zoned};

mod layout;

const TIME: Parameter = Parameter {
    name: "time",
    kind: ParameterKind::Any,
    required: true,
    doc: "A time, or a string that `time::parse` reads.",
};

const ZONE: Parameter = Parameter {
    name: "timezone",
    kind: ParameterKind::Text,
    required: false,
    doc: "Such as `\"Europe/Zurich\"`; the configured one if left out.",
};

/// `time::parse(text[, timezone])`.
pub(super) const PARSE: PureFunction = PureFunction {
    name: "time::parse",
    parameters: &[
        Parameter {
            name: "text",
            kind: ParameterKind::Text,
            required: true,
            doc: "RFC 3339, Ticketpark's `2019-08-11T12:00:00+0200`, or a date with or without a time, such as `2019-08-11 12:00` or `11.08.2019`.",
        },
        ZONE,
    ],
    answer: "time",
    doc: "Reads a time. What has no offset is local time of the zone.",
    example: r#"time::parse("2019-08-11T12:00:00+0200")"#,
    gives: "2019-08-11T10:00:00Z",
    body: Body::Values(parse),
};

/// `time::format(time, format[, options])`.
pub(super) const FORMAT: PureFunction = PureFunction {
    name: "time::format",
    parameters: &[
        TIME,
        Parameter {
            name: "format",
            kind: ParameterKind::Text,
            required: true,
            doc: "`\"date\"`, `\"datetime\"`, `\"time\"`, `\"long\"` or `\"longtime\"` as the locale has it, or a layout such as `\"%d.%m.%Y %H:%M\"`.",
        },
        Parameter {
            name: "options",
            kind: ParameterKind::Options(&[
                OptionKey {
                    name: "timezone",
                    kind: ParameterKind::Text,
                    required: false,
                    doc: "Such as `\"Europe/Zurich\"`; the configured one if left out.",
                },
                OptionKey {
                    name: "locale",
                    kind: ParameterKind::Text,
                    required: false,
                    doc: "Such as `\"de\"`; the configured one if left out.",
                },
            ]),
            required: false,
            doc: "Time zone and locale.",
        },
    ],
    answer: "string",
    doc: "Writes a time in a time zone.",
    example: r#"time::format("2019-08-11T12:00:00+0200", "long", #{ locale: "fr" })"#,
    gives: r#""dimanche 11 août 2019""#,
    body: Body::Values(format),
};

/// `time::add(time, length[, timezone])`.
pub(super) const ADD: PureFunction = PureFunction {
    name: "time::add",
    parameters: &[
        TIME,
        Parameter {
            name: "length",
            kind: ParameterKind::Text,
            required: true,
            doc: "Such as `\"90m\"`, `\"3d\"` or `\"-2w\"`.",
        },
        ZONE,
    ],
    answer: "time",
    doc: "A time that is later, or earlier. Days and weeks are those of the calendar: the time on the wall stays, whatever the clocks do in between.",
    example: r#"time::add("2026-03-28T11:00:00Z", "1d", "Europe/Zurich")"#,
    gives: "2026-03-29T10:00:00Z",
    body: Body::Values(add),
};

/// `time::at(time, clock[, timezone])`.
pub(super) const AT: PureFunction = PureFunction {
    name: "time::at",
    parameters: &[
        TIME,
        Parameter {
            name: "clock",
            kind: ParameterKind::Text,
            required: true,
            doc: "A time of day, such as `\"18:00\"`.",
        },
        ZONE,
    ],
    answer: "time",
    doc: "The same day at a time of day.",
    example: r#"time::at("2026-11-24T23:30:00Z", "18:00", "Europe/Zurich")"#,
    gives: "2026-11-25T17:00:00Z",
    body: Body::Values(at),
};

/// `time::start_of(time, unit[, timezone])`.
pub(super) const START_OF: PureFunction = PureFunction {
    name: "time::start_of",
    parameters: &[
        TIME,
        Parameter {
            name: "unit",
            kind: ParameterKind::Text,
            required: true,
            doc: "`\"hour\"`, `\"day\"`, `\"week\"` (from Monday), `\"month\"` or `\"year\"`.",
        },
        ZONE,
    ],
    answer: "time",
    doc: "When the hour, day, week, month or year of a time begins.",
    example: r#"time::start_of("2026-11-24T18:30:00Z", "month", "Europe/Zurich")"#,
    gives: "2026-10-31T23:00:00Z",
    body: Body::Values(start_of),
};

const UNITS: &[&str] = &["hour", "day", "week", "month", "year"];

fn parse(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let zone = zone(context, arguments.text_if(1))?;
    instant(arguments.value(0), zone).map(Value::Time)
}

fn format(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let option = |name| arguments.value(2).get(name).and_then(Value::as_text);
    let zone = zone(context, option("timezone"))?;
    let locale = option("locale").unwrap_or(&context.default_locale);
    let at = instant(arguments.value(0), zone)?.with_timezone(&zone);
    let format = arguments.text(1);
    if let Some(style) = Style::named(format) {
        return Ok(localize::date(at, style, locale).into());
    }
    if !format.contains('%') {
        let help = suggest::help(format, Style::NAMES, "styles").unwrap_or_default();
        return Err(CallError::invalid(format!(
            "{:?} is neither a style nor a layout with `%`; {help}",
            suggest::shown(format)
        )));
    }
    layout::write(at, format).map(Value::Text)
}

fn add(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let zone = zone(context, arguments.text_if(2))?;
    let at = instant(arguments.value(0), zone)?;
    let text = arguments.text(1);
    let (is_back, length) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let duration =
        duration::parse(length).map_err(|error| CallError::invalid(error.to_string()))?;
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let seconds = if is_back { -seconds } else { seconds };
    let moved = if length.ends_with(['d', 'w']) {
        zoned::add_days(at, seconds / (24 * 60 * 60), zone)
    } else {
        TimeDelta::try_seconds(seconds).and_then(|delta| at.checked_add_signed(delta))
    };
    known(moved)
}

fn at(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let zone = zone(context, arguments.text_if(2))?;
    let local = local(arguments.value(0), zone)?;
    let text = arguments.text(1);
    let clock = ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
        .ok_or_else(|| {
            CallError::invalid(format!(
                "{text:?} is no time of day: write one such as \"18:00\""
            ))
        })?;
    known(zoned::instant(local.date().and_time(clock), zone))
}

fn start_of(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let zone = zone(context, arguments.text_if(2))?;
    let at = instant(arguments.value(0), zone)?;
    let local = at.with_timezone(&zone).naive_local();
    let day = local.date();
    let day = match arguments.text(1) {
        "hour" => {
            // An hour is cut off the instant itself, so that the second of a doubled hour stays the second.
            let past = TimeDelta::minutes(i64::from(local.minute()))
                + TimeDelta::seconds(i64::from(local.second()))
                + TimeDelta::nanoseconds(i64::from(local.nanosecond()));
            return known(at.checked_sub_signed(past));
        }
        "day" => Some(day),
        "week" => Some(day.week(chrono::Weekday::Mon).first_day()),
        "month" => day.with_day(1),
        "year" => day.with_ordinal(1),
        unit => {
            let help = suggest::help(unit, UNITS, "units").unwrap_or_default();
            return Err(CallError::invalid(format!(
                "there is no unit {:?}; {help}",
                suggest::shown(unit)
            )));
        }
    };
    known(day.and_then(|day| zoned::instant(day.and_time(NaiveTime::MIN), zone)))
}

fn known(at: Option<Timestamp>) -> Result<Value, CallError> {
    at.filter(|at| (1..=9999).contains(&at.year()))
        .map(Value::Time)
        .ok_or_else(|| CallError::invalid("the time lies beyond the years 1 to 9999"))
}

fn local(value: &Value, zone: Tz) -> Result<NaiveDateTime, CallError> {
    Ok(instant(value, zone)?.with_timezone(&zone).naive_local())
}

/// The instant that a time or a text stands for.
pub(super) fn instant(value: &Value, zone: Tz) -> Result<Timestamp, CallError> {
    match value {
        Value::Time(at) => Ok(*at),
        Value::Text(text) => zoned::parse(text, zone).ok_or_else(|| {
            CallError::invalid(format!(
                "{:?} is no time: write one such as \"2026-11-24T19:30:00+01:00\" or \"24.11.2026 19:30\"",
                suggest::shown(text)
            ))
        }),
        other => Err(CallError::invalid(format!(
            "takes a time or a string, not {}",
            other.kind()
        ))),
    }
}

fn zone(context: &PureContext, name: Option<&str>) -> Result<Tz, CallError> {
    let Some(name) = name else {
        return Ok(context.timezone);
    };
    zoned::zone(name).ok_or_else(|| {
        let near = suggest::nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
        let help = near.map_or_else(
            || "write one such as \"Europe/Zurich\"".to_owned(),
            |near| format!("did you mean {near:?}?"),
        );
        CallError::invalid(format!(
            "there is no time zone {:?}; {help}",
            suggest::shown(name)
        ))
    })
}
