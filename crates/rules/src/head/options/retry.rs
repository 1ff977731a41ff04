//! `retry = { attempts = 8, first = "5s", max = "1h" }`: how calls are tried again.

use cuebook_core::rule::RetryOptions;
use toml::de::DeValue;

use super::{Reader, Value};
use crate::diagnostic::code;
use crate::suggest;

/// The members of `retry`.
const MEMBERS: &[&str] = &["attempts", "first", "max"];
/// The most attempts at a call.
const ATTEMPTS: u32 = 100;

impl Reader<'_> {
    pub(super) fn retry(&mut self, value: &Value<'_>) {
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
                    let help = suggest::help(name, MEMBERS, "`retry` has");
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
    use super::super::{head, wrong_values};

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            ("retry = 8", "`retry` is a table"),
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
        ]);
    }

    #[test]
    fn an_unknown_member_is_an_error_with_the_nearest_name() {
        let (_, said) = head("any/a.rhai", "retry = { attempt = 3 }");
        assert_eq!(
            said,
            [
                "any/a.rhai:3:15: error[E0201]: `retry` has no member `attempt` (did you mean `attempts`?)"
            ]
        );
    }
}
