//! Reads the head's options, each checked by hand: so each error stands at its value and says what would be right.

mod budget;
mod lengths;
mod plain;
mod rate;
mod retry;
mod timetable;
mod types;

use chrono_tz::Tz;
use cuebook_core::rule::RuleOptions;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::block::Block;
use crate::diagnostic::{Diagnostic, code};
use crate::suggest;
use crate::timetable::Timetable;

/// The options that there are.
const KNOWN: &[&str] = &[
    "enabled",
    "concurrency",
    "types",
    "retry",
    "timeout",
    "cancel_on",
    "debounce",
    "budget",
    "rate",
    "schedule",
    "timezone",
];

type Value<'i> = Spanned<DeValue<'i>>;

/// What the options say.
pub(super) struct Read {
    pub(super) options: RuleOptions,
    pub(super) timetable: Option<Timetable>,
    /// What is wrong with them.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The options of `block`; `zone` is that of timetables that name none.
pub(super) fn read(file: &str, block: &Block, zone: Tz) -> Read {
    let mut reader = Reader {
        file,
        block,
        zone,
        options: RuleOptions::default(),
        timetable: None,
        diagnostics: Vec::new(),
    };
    reader.read();
    Read {
        options: reader.options,
        timetable: reader.timetable,
        diagnostics: reader.diagnostics,
    }
}

struct Reader<'a> {
    file: &'a str,
    block: &'a Block,
    zone: Tz,
    options: RuleOptions,
    timetable: Option<Timetable>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self) {
        self.fences();
        match DeTable::parse(&self.block.toml) {
            Ok(table) => {
                let table = table.get_ref();
                for (key, value) in table {
                    self.option(key, value);
                }
                self.timetable(table);
            }
            Err(error) => {
                let range = error.span().unwrap_or(0..1);
                let message = format!("the options are no valid TOML: {}", error.message());
                let help = "a text stands in quotes, and each option in a line of its own";
                self.say(code::HEAD_TOML, range, message, Some(help.to_owned()));
            }
        }
    }

    fn fences(&mut self) {
        if let Some(line) = self.block.open_fence {
            self.diagnostics.push(
                Diagnostic::error(self.file, code::HEAD_TOML, "the options are never closed")
                    .at(line, 1, 3)
                    .with_help("write `//! ```` below them"),
            );
        }
        if let Some(line) = self.block.second_fence {
            self.diagnostics.push(
                Diagnostic::error(
                    self.file,
                    code::HEAD_TOML,
                    "the head has two blocks of options",
                )
                .at(line, 1, 3)
                .with_help("write all options into one block"),
            );
        }
    }

    fn option(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) {
        match key.get_ref().as_ref() {
            "enabled" => self.enabled(value),
            "concurrency" => self.concurrency(value),
            "types" => self.types(value),
            "retry" => self.retry(value),
            "timeout" => self.options.timeout = self.positive("timeout", value),
            "debounce" => self.debounce(value),
            "cancel_on" => self.cancel_on(value),
            "budget" => self.budget(value),
            "rate" => self.rate(value),
            // They are read together, in `timetable`.
            "schedule" | "timezone" => {}
            name => {
                let help = suggest::help(name, KNOWN, "known options");
                self.say(
                    code::UNKNOWN_OPTION,
                    key.span(),
                    format!("there is no option `{name}`"),
                    help,
                );
            }
        }
    }

    fn wrong(&mut self, value: &Value<'_>, message: &str) {
        self.say(code::OPTION_VALUE, value.span(), message.to_owned(), None);
    }

    fn say(
        &mut self,
        code: &'static str,
        range: std::ops::Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        let place = self.block.place(range);
        self.diagnostics.push(
            Diagnostic::error(self.file, code, message)
                .at(place.line, place.column, place.length)
                .with_help_if(help),
        );
    }
}

/// What the head of `file` says with these options, and what is said about them.
#[cfg(test)]
fn head(file: &str, toml: &str) -> (Read, Vec<String>) {
    let mut source = "//! Text.\n//! ```toml\n".to_owned();
    for line in toml.lines() {
        source.extend(["//! ", line, "\n"]);
    }
    source.push_str("//! ```\n");
    let read = read(file, &super::block::find(&source), Tz::Europe__Zurich);
    let said = read.diagnostics.iter().map(Diagnostic::to_string).collect();
    (read, said)
}

/// Checks that each of these options of a rule in `any/` has one error about its value, with these words.
#[cfg(test)]
fn wrong_values(all: &[(&str, &str)]) {
    for (toml, message) in all {
        let (_, said) = head("any/a.rhai", toml);
        assert_eq!(said.len(), 1, "{toml}: {said:?}");
        assert!(said[0].contains("error[E0203]"), "{toml}: {said:?}");
        assert!(said[0].contains(message), "{toml}: {said:?}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cuebook_core::rule::{Budget, Concurrency, Rate, RetryOptions};

    use super::*;

    #[test]
    fn every_option_is_read() {
        let toml = "enabled = false\nconcurrency = \"none\"\ntypes = [\"new-payment\", \"new-updated\"]\nretry = { attempts = 3, first = \"1s\", max = \"2m\" }\n\
             timeout = \"20d\"\ndebounce = \"30s\"\nbudget = { emails = \"5/1d\" }\ncancel_on = [\"booking-updated\", \"seat-freed\"]\nrate = \"10/1s\"";
        let (read, said) = head("any/a.rhai", toml);
        assert_eq!(said, Vec::<String>::new());
        let expected = RuleOptions {
            enabled: false,
            concurrency: Concurrency::None,
            types: vec!["new-payment".to_owned(), "person-updated".to_owned()],
            retry: RetryOptions {
                attempts: 3,
                first: Duration::from_secs(1),
                max: Duration::from_mins(2),
            },
            timeout: Some(Duration::from_hours(20 * 24)),
            debounce: Some(Duration::from_secs(30)),
            budget: Budget {
                emails: 5,
                per: Duration::from_hours(24),
            },
            cancel_on: vec!["booking-updated".to_owned(), "seat-freed".to_owned()],
            rate: Some(Rate {
                calls: 10,
                per: Duration::from_secs(1),
            }),
        };
        assert_eq!(read.options, expected);
    }

    #[test]
    fn an_unknown_option_is_an_error_with_the_nearest_name() {
        let (_, said) = head("any/a.rhai", "# why\nconcurency = \"none\"");
        assert_eq!(
            said,
            [
                "any/a.rhai:4:5: error[E0201]: there is no option `concurency` (did you mean `concurrency`?)"
            ]
        );
    }

    #[test]
    fn broken_toml_is_an_error_at_its_place() {
        let (_, said) = head("any/a.rhai", "enabled = false\nretry = {");
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("any/a.rhai:4:"), "{said:?}");
        assert!(said[0].contains("error[E0204]"), "{said:?}");
    }
}
