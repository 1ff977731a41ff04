//! `types` and `cancel_on`: lists of event types.

use cuebook_core::events::EventType;
use toml::de::DeValue;

use super::{Reader, Value};
use crate::diagnostic::{Diagnostic, code};
use crate::set::ANY;
use crate::suggest;

impl Reader<'_> {
    pub(super) fn types(&mut self, value: &Value<'_>) {
        const EXPECTED: &str = "`types` is a list of event types, such as [\"new-booking\"]";
        if !self.is_in(ANY) {
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

    pub(super) fn cancel_on(&mut self, value: &Value<'_>) {
        const EXPECTED: &str =
            "`cancel_on` is a list of event types, such as [\"booking-cancelled\"]";
        if self.is_by_timetable() {
            let message = "`cancel_on` is of no use here: a tick of a timetable is about no booking or person";
            return self.wrong(value, message);
        }
        if matches!(value.get_ref(), DeValue::Array(items) if items.is_empty()) {
            let message = "`cancel_on` is empty: name a type, or leave the option out";
            return self.wrong(value, message);
        }
        self.options.cancel_on = self.list_of_types(value, EXPECTED);
    }

    /// Whether the rule lies in this folder.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.file
            .split_once('/')
            .is_some_and(|(first, _)| first == folder)
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
}

#[cfg(test)]
mod tests {
    use super::super::{head, wrong_values};

    #[test]
    fn each_wrong_value_says_what_would_be_right() {
        wrong_values(&[
            (
                "types = \"new-booking\"",
                "`types` is a list of event types",
            ),
            ("types = []", "`types` is empty"),
            ("types = [7]", "`types` is a list of event types"),
            (
                "cancel_on = \"booking-cancelled\"",
                "`cancel_on` is a list of event types",
            ),
            ("cancel_on = []", "`cancel_on` is empty"),
        ]);
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
        let (read, said) = head("any/a.rhai", "types = [\"accounting-line\"]");
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(read.options.types, ["accounting-line"]);
    }
}
