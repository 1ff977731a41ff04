//! `calendar::event`: an appointment as iCalendar (RFC 5545), to be attached to a mail.

use chrono_tz::Tz;
use cuebook_core::CallError;
use cuebook_core::clock::Timestamp;
use cuebook_core::function::{OptionKey, Parameter, ParameterKind};
use cuebook_core::value::Value;

use super::PureContext;
use super::arguments::Arguments;
use super::function::{Body, PureFunction};
use super::time::instant;
use crate::host::current;

/// The longest line, in bytes, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// `calendar::event(options)`.
pub(super) const EVENT: PureFunction = PureFunction {
    name: "calendar::event",
    parameters: &[Parameter {
        name: "event",
        kind: ParameterKind::Options(&[
            OptionKey {
                name: "uid",
                kind: ParameterKind::Text,
                required: true,
                doc: "What makes it the same appointment when it is sent again, such as the show's pid.",
            },
            OptionKey {
                name: "start",
                kind: ParameterKind::Any,
                required: true,
                doc: "When it begins: a time, or a string that `time::parse` reads.",
            },
            OptionKey {
                name: "end",
                kind: ParameterKind::Any,
                required: false,
                doc: "When it ends.",
            },
            OptionKey {
                name: "summary",
                kind: ParameterKind::Text,
                required: true,
                doc: "What it is called.",
            },
            OptionKey {
                name: "location",
                kind: ParameterKind::Text,
                required: false,
                doc: "Where it is.",
            },
            OptionKey {
                name: "description",
                kind: ParameterKind::Text,
                required: false,
                doc: "More about it.",
            },
        ]),
        required: true,
        doc: "The appointment.",
    }],
    answer: "string",
    doc: "Writes an appointment as iCalendar (RFC 5545): attach it to a mail as `show.ics` with the type `text/calendar`.",
    example: r#"calendar::event(#{ uid: "show-7", start: "2026-11-24T19:30:00+01:00", summary: "Figaro" }).contains("DTSTART:20261124T183000Z")"#,
    gives: "true",
    body: Body::Values(event),
};

fn event(context: &PureContext, arguments: Arguments<'_>) -> Result<Value, CallError> {
    let options = arguments.value(0);
    let text = |name| options.get(name).and_then(Value::as_text);
    let start = moment(options, "start", context.timezone)?
        .ok_or_else(|| CallError::invalid("the key `start` is missing"))?;
    let end = moment(options, "end", context.timezone)?;
    if end.is_some_and(|end| end < start) {
        return Err(CallError::invalid("`end` lies before `start`"));
    }
    let mut lines = Lines::default();
    for line in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cuebook//EN",
        "BEGIN:VEVENT",
    ] {
        lines.add(line);
    }
    lines.add(&format!("UID:{}", escaped(text("uid").unwrap_or_default())));
    lines.add(&format!(
        "DTSTAMP:{}",
        written(current::moment().unwrap_or(start))
    ));
    lines.add(&format!("DTSTART:{}", written(start)));
    if let Some(end) = end {
        lines.add(&format!("DTEND:{}", written(end)));
    }
    for name in ["summary", "location", "description"] {
        if let Some(text) = text(name) {
            lines.add(&format!("{}:{}", name.to_uppercase(), escaped(text)));
        }
    }
    lines.add("END:VEVENT");
    lines.add("END:VCALENDAR");
    Ok(lines.0.into())
}

fn moment(options: &Value, name: &str, zone: Tz) -> Result<Option<Timestamp>, CallError> {
    options
        .get(name)
        .map(|value| instant(value, zone))
        .transpose()
        .map_err(|error| CallError {
            message: format!("`{name}`: {}", error.message),
            ..error
        })
}

fn written(at: Timestamp) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545, 3.3.11). Control characters other than line breaks have no place in it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.replace("\r\n", "\n").chars() {
        match char {
            '\\' | ';' | ',' => escaped.extend(['\\', char]),
            '\n' | '\r' => escaped.push_str("\\n"),
            char if char.is_control() && char != '\t' => {}
            char => escaped.push(char),
        }
    }
    escaped
}

/// Lines that end with CR LF, the long ones folded between characters.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, line: &str) {
        let mut length = 0;
        for char in line.chars() {
            if length + char.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(char);
            length += char.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters_and_read_back_equal() {
        let mut lines = Lines::default();
        let text = format!("SUMMARY:{}", "Zauberflöte ".repeat(20));
        lines.add(&text);
        for line in lines.0.trim_end().split("\r\n") {
            assert!(line.len() <= LINE, "{line}");
        }
        assert_eq!(lines.0.replace("\r\n ", "").trim_end_matches("\r\n"), text);
    }

    #[test]
    fn texts_cannot_break_out_of_their_line() {
        assert_eq!(
            escaped("a, b; c\\d\r\nEND:VEVENT\u{0}\rx"),
            "a\\, b\\; c\\\\d\\nEND:VEVENT\\nx"
        );
    }
}
