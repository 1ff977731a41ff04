//! The report for people: what is listed of each rule, then what is counted.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::compare::FieldChange;
use super::counts::{count, counted, grouped, headline};
use super::findings::{Finding, Listed, Told, What};
use super::tally::Tallies;
use crate::output::Colour;

/// The longest text of a value that is shown.
const SHOWN: usize = 90;

/// The report.
pub(crate) fn report(listed: &Listed, tallies: &Tallies, colour: Colour) -> String {
    let mut text = String::new();
    for (rule, (findings, more)) in &listed.by_rule {
        add(
            &mut text,
            format_args!("{}\n", colour.paint("1", rule.as_str())),
        );
        for finding in findings {
            self::finding(&mut text, finding, colour);
        }
        if *more > 0 {
            add(
                &mut text,
                format_args!(
                    "  … and {} more: --show lists more, --format json all\n",
                    grouped(*more)
                ),
            );
        }
        text.push('\n');
    }
    for (rule, tally) in &tallies.rules {
        counted(&mut text, rule.as_str(), tally, colour);
    }
    let total = tallies.total();
    add(
        &mut text,
        format_args!(
            "{}: {}\n",
            count(tallies.events, "event"),
            colour.paint("1", &headline(&total))
        ),
    );
    text
}

/// One difference with its event.
pub(super) fn finding(text: &mut String, finding: &Finding, colour: Colour) {
    let event = colour.paint("2", &format!("event {}", finding.event));
    match &finding.what {
        What::Added(told) => told_as(text, ("+", "32"), told, &event, colour),
        What::Removed(told) => told_as(text, ("-", "31"), told, &event, colour),
        What::Changed {
            function,
            target,
            fields,
        } => {
            let mark = colour.paint("33", "~");
            add(
                text,
                format_args!("  {mark} {function} to {target}  {event}\n"),
            );
            for field in fields {
                changed(text, field);
            }
        }
        What::NewError(reason) => {
            let mark = colour.paint("31", "! fails now:");
            add(text, format_args!("  {mark} {}  {event}\n", short(reason)));
        }
        What::Mended(reason) => {
            let mark = colour.paint("32", "! fails no more:");
            add(text, format_args!("  {mark} {}  {event}\n", short(reason)));
        }
        What::Unanswered {
            function,
            arguments,
            line,
        } => {
            let arguments: Vec<String> = arguments.iter().map(Json::to_string).collect();
            let call = short(&format!("{function}({})", arguments.join(", ")));
            let line = line.map_or_else(String::new, |line| format!(" in line {line}"));
            let mark = colour.paint("33", "?");
            add(
                text,
                format_args!("  {mark} {call}{line} was never asked then  {event}\n"),
            );
        }
    }
}

fn told_as(
    text: &mut String,
    (mark, code): (&str, &str),
    told: &Told,
    event: &str,
    colour: Colour,
) {
    let (mark, function) = (colour.paint(code, mark), &told.function);
    let target = match told.target.as_str() {
        "" => String::new(),
        target => format!(" to {target}"),
    };
    add(text, format_args!("  {mark} {function}{target}  {event}\n"));
    for (name, value) in &told.fields {
        if !matches!(*name, "to" | "from" | "url" | "path" | "method") {
            add(
                text,
                format_args!("      {name}: {}\n", short(&plain(value))),
            );
        }
    }
}

fn changed(text: &mut String, field: &FieldChange) {
    let name = field.name;
    let (before, after) = match (&field.before, &field.after) {
        (Some(Json::String(before)), Some(Json::String(after))) => first_difference(before, after),
        (before, after) => {
            let shown = |value: &Option<Json>| {
                value
                    .as_ref()
                    .map_or_else(|| "nothing".to_owned(), |value| short(&plain(value)))
            };
            (shown(before), shown(after))
        }
    };
    add(text, format_args!("      {name}: {before}\n"));
    let indent = " ".repeat(name.chars().count());
    add(text, format_args!("      {indent}→ {after}\n"));
}

/// The first line in which two texts differ.
fn first_difference(before: &str, after: &str) -> (String, String) {
    let mut lines = (before.lines(), after.lines());
    loop {
        match (lines.0.next(), lines.1.next()) {
            (Some(one), Some(two)) if one == two => {}
            (None, None) => return (short(before), short(after)),
            (one, two) => {
                let shown = |line: Option<&str>| line.map_or_else(|| "(no line)".to_owned(), short);
                return (shown(one), shown(two));
            }
        }
    }
}

fn plain(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A text on one line, of bounded length.
fn short(text: &str) -> String {
    let line = text.replace('\n', " ⏎ ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    let kept: String = line.chars().take(SHOWN).collect();
    format!("{kept}…")
}

/// Adds to a text.
pub(super) fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_texts_the_first_line_that_differs_is_shown() {
        let shown = first_difference("Dear Tom\nThank you.\nBye", "Dear Tom\nMany thanks.\nBye");
        assert_eq!(shown, ("Thank you.".to_owned(), "Many thanks.".to_owned()));
        let shown = first_difference("a", "a\nb");
        assert_eq!(shown, ("(no line)".to_owned(), "b".to_owned()));
    }
}
