//! Reads the head's options, each checked by hand: so each error stands at its value and says what would be right.

use std::time::Duration;

use cuebook_core::events::EventType;
use cuebook_core::rule::{Concurrency, RetryOptions, RuleOptions};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::block::Block;
use super::budget;
use crate::diagnostic::{Diagnostic, code};
use crate::{duration, suggest};

/// The options that are carried out.
const KNOWN: &[&str] = &[
    "enabled",
    "concurrency",
    "types",
    "retry",
    "timeout",
    "cancel_on",
    "debounce",
    "budget",
];
/// The options of the format that this version does not carry out.
const NOT_AVAILABLE: &[&str] = &["rate", "schedule", "timezone"];
/// The members of `retry`.
const RETRY: &[&str] = &["attempts", "first", "max"];
/// The most attempts at a call.
const ATTEMPTS: u32 = 100;

type Value<'i> = Spanned<DeValue<'i>>;

/// The options of `block`, and what is wrong with them.
pub(super) fn read(file: &str, block: &Block) -> (RuleOptions, Vec<Diagnostic>) {
    let mut reader = Reader {
        file,
        block,
        options: RuleOptions::default(),
        diagnostics: Vec::new(),
    };
    reader.read();
    (reader.options, reader.diagnostics)
}

struct Reader<'a> {
    file: &'a str,
    block: &'a Block,
    options: RuleOptions,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self) {
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
        match DeTable::parse(&self.block.toml) {
            Ok(table) => {
                for (key, value) in table.get_ref() {
                    self.option(key, value);
                }
            }
            Err(error) => {
                let range = error.span().unwrap_or(0..1);
                let message = format!("the options are no valid TOML: {}", error.message());
                self.say(code::HEAD_TOML, range, message, None);
            }
        }
    }

    fn option(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, value: &Value<'_>) {
        match key.get_ref().as_ref() {
            "enabled" => match value.get_ref() {
                DeValue::Boolean(yes) => self.options.enabled = *yes,
                _ => self.wrong(value, "`enabled` is `true` or `false`"),
            },
            "concurrency" => match value.get_ref().as_str() {
                Some("subject") => self.options.concurrency = Concurrency::Subject,
                Some("none") => self.options.concurrency = Concurrency::None,
                _ => self.wrong(value, "`concurrency` is \"subject\" or \"none\""),
            },
            "types" => self.types(value),
            "retry" => self.retry(value),
            "timeout" => self.options.timeout = self.positive("timeout", value),
            "debounce" => self.options.debounce = self.positive("debounce", value),
            "cancel_on" => self.cancel_on(value),
            "budget" => self.budget(value),
            name if NOT_AVAILABLE.contains(&name) => self.say(
                code::OPTION_NOT_AVAILABLE,
                key.span(),
                format!("option `{name}` is not available in this version of Cuebook; remove it"),
                None,
            ),
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

    fn types(&mut self, value: &Value<'_>) {
        const EXPECTED: &str = "`types` is a list of event types, such as [\"new-booking\"]";
        if !self.file.starts_with("any/") {
            let message =
                "`types` is for rules in `any/`: this rule's folder already says its type";
            return self.wrong(value, message);
        }
        if matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()) {
            let message = "`types` is empty: name a type, or leave the option out to take all";
            return self.wrong(value, message);
        }
        self.options.types = self.list_of_types(value, EXPECTED);
    }

    fn cancel_on(&mut self, value: &Value<'_>) {
        const EXPECTED: &str =
            "`cancel_on` is a list of event types, such as [\"booking-cancelled\"]";
        if matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()) {
            let message = "`cancel_on` is empty: name a type, or leave the option out";
            return self.wrong(value, message);
        }
        self.options.cancel_on = self.list_of_types(value, EXPECTED);
    }

    fn list_of_types(&mut self, value: &Value<'_>, expected: &str) -> Vec<String> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, expected);
            return Vec::new();
        };
        let mut types = Vec::new();
        for item in items {
            let Some(name) = item
                .get_ref()
                .as_str()
                .filter(|name| !name.trim().is_empty())
            else {
                self.wrong(item, expected);
                continue;
            };
            let event_type = EventType::from_wire(name);
            let known = cuebook_core::events::ALL
                .iter()
                .map(|descriptor| descriptor.name);
            if event_type.descriptor().is_none()
                && let Some(near) = suggest::nearest(name, known)
            {
                let place = self.block.place(item.span());
                self.diagnostics.push(
                    Diagnostic::warning(
                        self.file,
                        code::UNKNOWN_TYPE,
                        format!("no event of type `{name}` is known"),
                    )
                    .at(place.line, place.column, place.length)
                    .with_help(format!("did you mean `{near}`?")),
                );
            }
            types.push(event_type.as_str().to_owned());
        }
        types
    }

    fn retry(&mut self, value: &Value<'_>) {
        let DeValue::Table(table) = value.get_ref() else {
            let message = "`retry` is a table: { attempts = 8, first = \"5s\", max = \"1h\" }";
            return self.wrong(value, message);
        };
        let mut retry = RetryOptions::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "attempts" => match attempts(value.get_ref()) {
                    Some(attempts) => retry.attempts = attempts,
                    None => self.wrong(value, "`attempts` is a whole number from 1 to 100"),
                },
                "first" => retry.first = self.length("first", value).unwrap_or(retry.first),
                "max" => retry.max = self.length("max", value).unwrap_or(retry.max),
                name => {
                    let help = suggest::help(name, RETRY, "`retry` has");
                    let message = format!("`retry` has no member `{name}`");
                    self.say(code::UNKNOWN_OPTION, key.span(), message, help);
                }
            }
        }
        if retry.max < retry.first && self.diagnostics.is_empty() {
            self.wrong(value, "`retry.max` is shorter than `retry.first`");
        }
        self.options.retry = retry;
    }

    fn budget(&mut self, value: &Value<'_>) {
        const EXPECTED: &str = "`budget` is a table: { emails = \"200/1h\" }";
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong(value, EXPECTED);
        };
        for (key, value) in table {
            if key.get_ref() != "emails" {
                let help = suggest::help(key.get_ref(), &["emails"], "`budget` has");
                let message = format!("`budget` has no member `{}`", key.get_ref());
                self.say(code::UNKNOWN_OPTION, key.span(), message, help);
                continue;
            }
            match value.get_ref().as_str().and_then(budget::parse) {
                Some(budget) => self.options.budget = budget,
                None => self.wrong(value, budget::EXPECTED),
            }
        }
    }

    /// A length of time that is not nothing.
    fn positive(&mut self, name: &str, value: &Value<'_>) -> Option<Duration> {
        let length = self.length(name, value)?;
        if length.is_zero() {
            self.wrong(value, &format!("`{name}` is longer than nothing"));
            return None;
        }
        Some(length)
    }

    fn length(&mut self, name: &str, value: &Value<'_>) -> Option<Duration> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(
                value,
                &format!("`{name}` is a length of time such as \"5s\""),
            );
            return None;
        };
        match duration::parse(text) {
            Ok(length) => Some(length),
            Err(error) => {
                self.wrong(value, &format!("`{name}`: {error}"));
                None
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

fn attempts(value: &DeValue<'_>) -> Option<u32> {
    let DeValue::Integer(integer) = value else {
        return None;
    };
    u32::from_str_radix(integer.as_str(), integer.radix())
        .ok()
        .filter(|attempts| (1..=ATTEMPTS).contains(attempts))
}

#[cfg(test)]
mod tests {
    use cuebook_core::rule::Budget;

    use super::super::block;
    use super::*;

    fn head(file: &str, toml: &str) -> (RuleOptions, Vec<String>) {
        let mut source = "//! Text.\n//! ```toml\n".to_owned();
        for line in toml.lines() {
            source.extend(["//! ", line, "\n"]);
        }
        source.push_str("//! ```\n");
        let (options, diagnostics) = read(file, &block::find(&source));
        (
            options,
            diagnostics.iter().map(Diagnostic::to_string).collect(),
        )
    }

    #[test]
    fn every_option_is_read() {
        let toml = "enabled = false\nconcurrency = \"none\"\ntypes = [\"new-payment\", \"new-updated\"]\nretry = { attempts = 3, first = \"1s\", max = \"2m\" }\n\
             timeout = \"20d\"\ndebounce = \"30s\"\nbudget = { emails = \"5/1d\" }\ncancel_on = [\"booking-updated\", \"seat-freed\"]";
        let (options, said) = head("any/a.rhai", toml);
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
        };
        assert_eq!(options, expected);
    }

    #[test]
    fn what_is_not_carried_out_yet_is_an_error_and_never_ignored() {
        for name in NOT_AVAILABLE {
            let (_, said) = head("any/a.rhai", &format!("{name} = \"1d\""));
            assert_eq!(
                said,
                [format!(
                    "any/a.rhai:3:5: error[E0202]: option `{name}` is not available in this version of Cuebook; remove it"
                )]
            );
        }
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
        let (_, said) = head("any/a.rhai", "retry = { attempt = 3 }");
        assert_eq!(
            said,
            [
                "any/a.rhai:3:15: error[E0201]: `retry` has no member `attempt` (did you mean `attempts`?)"
            ]
        );
    }

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        for (toml, message) in [
            ("enabled = 1", "`enabled` is `true` or `false`"),
            (
                "concurrency = \"all\"",
                "`concurrency` is \"subject\" or \"none\"",
            ),
            (
                "types = \"new-booking\"",
                "`types` is a list of event types",
            ),
            ("types = []", "`types` is empty"),
            ("types = [7]", "`types` is a list of event types"),
            ("retry = 8", "`retry` is a table"),
            ("budget = 5", "`budget` is a table"),
            ("budget = { emails = 5 }", "such as \"200/1h\""),
            ("budget = { emails = \"5/0s\" }", "such as \"200/1h\""),
            ("timeout = 20", "`timeout` is a length of time"),
            ("timeout = \"0s\"", "`timeout` is longer than nothing"),
            ("debounce = \"soon\"", "is no length of time"),
            (
                "cancel_on = \"booking-cancelled\"",
                "`cancel_on` is a list of event types",
            ),
            ("cancel_on = []", "`cancel_on` is empty"),
            (
                "retry = { attempts = 0 }",
                "`attempts` is a whole number from 1 to 100",
            ),
            ("retry = { first = \"5 sec\" }", "is no length of time"),
            ("retry = { max = 5 }", "`max` is a length of time"),
            (
                "retry = { first = \"1h\", max = \"1s\" }",
                "shorter than `retry.first`",
            ),
        ] {
            let (_, said) = head("any/a.rhai", toml);
            assert_eq!(said.len(), 1, "{toml}: {said:?}");
            assert!(said[0].contains("error[E0203]"), "{toml}: {said:?}");
            assert!(said[0].contains(message), "{toml}: {said:?}");
        }
    }

    #[test]
    fn types_outside_of_any_are_an_error() {
        let (_, said) = head("new-booking/a.rhai", "types = [\"new-booking\"]");
        assert!(
            said[0].contains("`types` is for rules in `any/`"),
            "{said:?}"
        );
    }

    #[test]
    fn a_misspelt_type_is_a_warning_and_an_unknown_one_is_taken() {
        let (_, said) = head("any/a.rhai", "types = [\"new-boking\"]");
        assert_eq!(
            said,
            [
                "any/a.rhai:3:14: warning[W0604]: no event of type `new-boking` is known (did you mean `new-booking`?)"
            ]
        );
        let (options, said) = head("any/a.rhai", "types = [\"accounting-line\"]");
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(options.types, ["accounting-line"]);
    }

    #[test]
    fn broken_toml_is_an_error_at_its_place() {
        let (_, said) = head("any/a.rhai", "enabled = false\nretry = {");
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("any/a.rhai:4:"), "{said:?}");
        assert!(said[0].contains("error[E0204]"), "{said:?}");
    }
}
