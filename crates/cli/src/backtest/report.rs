//! The report for people: what is listed of each rule, then what is counted.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::compare::FieldChange;
use super::findings::{Finding, Listed, Told, What};
use super::replay::Assumed;
use super::tally::{Counts, Tallies, Tally};
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

fn counted(text: &mut String, rule: &str, tally: &Tally, colour: Colour) {
    let runs = count(tally.compared, "run");
    let headline = colour.paint("1", &headline(tally));
    add(text, format_args!("{rule}: {headline}\n"));
    add(
        text,
        format_args!(
            "  {runs} compared, {} as before\n",
            grouped(tally.as_before)
        ),
    );
    if tally.new_runs > 0 {
        add(
            text,
            format_args!(
                "  {} of them had no run of this rule then\n",
                grouped(tally.new_runs)
            ),
        );
    }
    if !tally.other_versions.is_empty() {
        let runs: u64 = tally.other_versions.values().sum();
        let versions: Vec<String> = tally
            .other_versions
            .iter()
            .map(|(version, runs)| {
                format!(
                    "{} ({})",
                    version.get(..8).unwrap_or(version),
                    grouped(*runs)
                )
            })
            .collect();
        add(
            text,
            format_args!(
                "  {} used another version of the rule: {}\n",
                count(runs, "run"),
                versions.join(", ")
            ),
        );
    }
    for (why, runs) in &tally.not_compared {
        add(
            text,
            format_args!(
                "  {} left out, since they {}\n",
                count(*runs, "run"),
                why.reason()
            ),
        );
    }
    if tally.unanswered > 0 {
        let calls: Vec<String> = tally
            .unanswered_calls
            .iter()
            .map(|(function, times)| format!("{function} ({})", grouped(*times)))
            .collect();
        add(
            text,
            format_args!(
                "  {} not compared, since nobody has answered what they ask: {}; --live-reads asks for reads\n",
                count(tally.unanswered, "run"),
                calls.join(", ")
            ),
        );
    }
    for ((how, function), times) in &tally.assumed {
        let how = match how {
            Assumed::OtherArguments => "answered with what was answered to other arguments",
            Assumed::Accepted => "taken to be accepted, since it was never sent then",
            Assumed::NothingRemembered => "answered as if nothing was remembered",
        };
        add(
            text,
            format_args!("  {function}: {how}, {}\n", count(*times, "time")),
        );
    }
    text.push('\n');
}

/// All in one line: `+3 mails, −1 mail, 2 mails changed (2 recipients), 1 new error`.
pub(super) fn headline(tally: &Tally) -> String {
    let mut parts = Vec::new();
    for (function, counts) in &tally.effects {
        let Counts {
            added,
            removed,
            changed,
        } = *counts;
        let noun = noun(function);
        if added > 0 {
            parts.push(format!("+{}", count(added, noun)));
        }
        if removed > 0 {
            parts.push(format!("−{}", count(removed, noun)));
        }
        if changed > 0 {
            let fields: Vec<String> = tally
                .fields
                .iter()
                .filter(|((name, _), _)| name == function)
                .map(|((_, field), times)| count(*times, field_noun(field)))
                .collect();
            let fields = match fields.as_slice() {
                [] => String::new(),
                fields => format!(" ({})", fields.join(", ")),
            };
            parts.push(format!("{} changed{fields}", count(changed, noun)));
        }
    }
    if tally.new_errors > 0 {
        parts.push(count(tally.new_errors, "new error"));
    }
    if tally.mended > 0 {
        parts.push(format!("{} mended", count(tally.mended, "error")));
    }
    if tally.unanswered > 0 {
        parts.push(format!("{} unanswered", count(tally.unanswered, "run")));
    }
    if parts.is_empty() {
        return "no difference".to_owned();
    }
    parts.join(", ")
}

fn noun(function: &str) -> &'static str {
    match function.split_once("::") {
        Some(("email", _)) => "mail",
        Some(("webhook", _)) => "webhook",
        Some(("http", _)) => "request",
        Some(("ticketpark", _)) => "change in Ticketpark",
        Some(("state", _)) => "remembered value",
        _ if function == "emit" => "emitted event",
        _ => "effect",
    }
}

fn field_noun(field: &str) -> &str {
    match field {
        "to" => "recipient",
        "from" => "sender",
        "attachments" => "attachment",
        field => field,
    }
}

fn count(number: u64, what: &str) -> String {
    let number_shown = grouped(number);
    let plural = match (number, what.ends_with('y')) {
        (1, _) => what.to_owned(),
        (_, true) => format!("{}ies", what.trim_end_matches('y')),
        _ if what.starts_with("change in") => what.replacen("change", "changes", 1),
        _ => format!("{what}s"),
    };
    format!("{number_shown} {plural}")
}

/// `1204` as `1,204`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
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

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = text.write_fmt(more);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headline_says_what_would_change_in_one_line() {
        let mut tally = Tally::default();
        assert_eq!(headline(&tally), "no difference");
        let counts = Counts {
            added: 3,
            removed: 1,
            changed: 2,
        };
        tally.effects.insert("email::send".to_owned(), counts);
        tally.fields.insert(("email::send".to_owned(), "to"), 2);
        tally.new_errors = 1;
        assert_eq!(
            headline(&tally),
            "+3 mails, −1 mail, 2 mails changed (2 recipients), 1 new error"
        );
    }

    #[test]
    fn of_two_texts_the_first_line_that_differs_is_shown() {
        let shown = first_difference("Dear Tom\nThank you.\nBye", "Dear Tom\nMany thanks.\nBye");
        assert_eq!(shown, ("Thank you.".to_owned(), "Many thanks.".to_owned()));
        let shown = first_difference("a", "a\nb");
        assert_eq!(shown, ("(no line)".to_owned(), "b".to_owned()));
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
        assert_eq!(count(2, "change in Ticketpark"), "2 changes in Ticketpark");
        assert_eq!(count(2, "body"), "2 bodies");
    }
}
