//! `enabled`, `concurrency` and `debounce`: options of one word or length.

use cuebook_core::rule::Concurrency;
use toml::de::DeValue;

use super::{Reader, Value};

impl Reader<'_> {
    pub(super) fn enabled(&mut self, value: &Value<'_>) {
        match value.get_ref() {
            DeValue::Boolean(yes) => self.options.enabled = *yes,
            _ => self.wrong(value, "`enabled` is `true` or `false`"),
        }
    }

    pub(super) fn concurrency(&mut self, value: &Value<'_>) {
        match value.get_ref().as_str() {
            Some("subject") => self.options.concurrency = Concurrency::Subject,
            Some("none") => self.options.concurrency = Concurrency::None,
            _ => self.wrong(value, "`concurrency` is \"subject\" or \"none\""),
        }
    }

    pub(super) fn debounce(&mut self, value: &Value<'_>) {
        if self.is_by_timetable() {
            let message =
                "`debounce` is of no use here: a tick of a timetable is about no booking or person";
            return self.wrong(value, message);
        }
        self.options.debounce = self.positive("debounce", value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{head, wrong_values};

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            ("enabled = 1", "`enabled` is `true` or `false`"),
            (
                "concurrency = \"all\"",
                "`concurrency` is \"subject\" or \"none\"",
            ),
            ("debounce = \"soon\"", "is no length of time"),
        ]);
    }

    #[test]
    fn what_goes_by_the_subject_is_refused_for_a_timetable() {
        for option in ["debounce = \"5s\"", "cancel_on = [\"new-booking\"]"] {
            let options = format!("schedule = \"0 8 * * *\"\n{option}");
            let (_, said) = head("schedule/a.rhai", &options);
            assert_eq!(said.len(), 1, "{said:?}");
            assert!(
                said[0].contains("is about no booking or person"),
                "{said:?}"
            );
        }
    }
}
