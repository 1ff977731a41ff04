//! What is counted, in words: a rule's runs, and in one line what would change.

use super::replay::Assumed;
use super::report::add;
use super::tally::{Counts, Tally};
use crate::output::Colour;

/// What is counted of a rule.
pub(super) fn counted(text: &mut String, rule: &str, tally: &Tally, colour: Colour) {
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

/// A number with what it counts: `1 mail`, `3 mails`.
pub(super) fn count(number: u64, what: &str) -> String {
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
pub(super) fn grouped(number: u64) -> String {
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
    fn numbers_are_grouped_and_counted() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(12), "12");
        assert_eq!(count(2, "change in Ticketpark"), "2 changes in Ticketpark");
        assert_eq!(count(2, "body"), "2 bodies");
    }
}
