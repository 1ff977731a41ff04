//! `budget = { emails = "200/1h" }`: so many mails in so much time.

use cuebook_core::rule::Budget;
use toml::de::DeValue;

use super::lengths::so_many_in;
use super::{Reader, Value};
use crate::diagnostic::code;
use crate::suggest;

/// What is said where it is none.
const EMAILS: &str =
    "`emails` is a number and a length of time, such as \"200/1h\": so many mails in so much time";

impl Reader<'_> {
    pub(super) fn budget(&mut self, value: &Value<'_>) {
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
            match value.get_ref().as_str().and_then(so_many_in) {
                Some((emails, per)) => self.options.budget = Budget { emails, per },
                None => self.wrong(value, EMAILS),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::wrong_values;

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            ("budget = 5", "`budget` is a table"),
            ("budget = { emails = 5 }", "such as \"200/1h\""),
            ("budget = { emails = \"5/0s\" }", "such as \"200/1h\""),
        ]);
    }
}
