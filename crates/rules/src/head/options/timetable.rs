//! `schedule = "0 8 * * MON"` and `timezone = "Europe/Zurich"`: when a rule of `schedule/` runs.

use std::ops::Range;

use chrono_tz::{TZ_VARIANTS, Tz};
use toml::de::DeTable;

use super::{Reader, Value};
use crate::diagnostic::{Diagnostic, code};
use crate::set::SCHEDULE;
use crate::suggest;
use crate::timetable::{NotATimetable, Timetable};

impl Reader<'_> {
    /// Whether the rule runs by a timetable.
    pub(super) fn is_by_timetable(&self) -> bool {
        self.is_in(SCHEDULE)
    }

    /// Reads both options of `table`.
    pub(super) fn timetable(&mut self, table: &DeTable<'_>) {
        let find = |name: &str| {
            let mut options = table.iter();
            options.find(|(key, _)| key.get_ref() == name)
        };
        let (schedule, timezone) = (find("schedule"), find("timezone"));
        if !self.is_by_timetable() {
            for (key, _) in schedule.into_iter().chain(timezone) {
                let name = key.get_ref();
                let message = format!(
                    "`{name}` is for rules in `schedule/`: this one runs when an event comes"
                );
                self.say(code::OPTION_VALUE, key.span(), message, None);
            }
            return;
        }
        let zone = match timezone {
            Some((_, value)) => self.timezone(value),
            None => Some(self.zone),
        };
        match schedule {
            // Without the zone, the text is checked all the same.
            Some((_, value)) => self.schedule(value, zone.unwrap_or(self.zone)),
            None => self.diagnostics.push(
                Diagnostic::error(
                    self.file,
                    code::NO_SCHEDULE,
                    "a rule in `schedule/` needs the option `schedule`: when does it run?",
                )
                .with_help(
                    "begin the file with a head that has `schedule = \"0 8 * * MON\"` in its `toml` block",
                ),
            ),
        }
    }

    fn timezone(&mut self, value: &Value<'_>) -> Option<Tz> {
        let Some(name) = value.get_ref().as_str() else {
            self.wrong(
                value,
                "`timezone` is the name of a time zone, such as \"Europe/Zurich\"",
            );
            return None;
        };
        if let Ok(zone) = name.parse() {
            return Some(zone);
        }
        let near = suggest::nearest(name, TZ_VARIANTS.iter().map(|zone| zone.name()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name such as `Europe/Zurich` or `UTC`".to_owned(),
        };
        let message = format!("there is no time zone `{}`", suggest::shown(name));
        self.say(code::OPTION_VALUE, value.span(), message, Some(help));
        None
    }

    fn schedule(&mut self, value: &Value<'_>, zone: Tz) {
        let Some(text) = value.get_ref().as_str() else {
            let message = "`schedule` is a cron text, such as \"0 8 * * MON\"";
            return self.wrong(value, message);
        };
        match Timetable::new(text, zone) {
            Ok(timetable) => self.timetable = Some(timetable),
            Err(error) => {
                let range = match &error {
                    NotATimetable::Field { number, .. } => self.field(value, text, *number),
                    _ => value.span(),
                };
                let message = format!("`schedule`: {error}");
                self.say(code::OPTION_VALUE, range, message, None);
            }
        }
    }

    /// Where field `number` of the cron text stands; the whole value where it is not written as it reads.
    fn field(&self, value: &Value<'_>, text: &str, number: usize) -> Range<usize> {
        let span = value.span();
        let written = self.block.toml.get(span.clone()).unwrap_or_default();
        let as_it_reads =
            written.len() == text.len() + 2 && written.get(1..=text.len()) == Some(text);
        let field = text.split_whitespace().nth(number);
        match field {
            Some(field) if as_it_reads => {
                let start = field.as_ptr().addr() - text.as_ptr().addr() + span.start + 1;
                start..start + field.len()
            }
            _ => span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::head;

    fn said(options: &str) -> Vec<String> {
        head("schedule/a.rhai", options).1
    }

    #[test]
    fn a_timetable_goes_by_its_own_zone_or_the_usual_one() {
        let (read, said) = head("schedule/a.rhai", "schedule = \"0 8 * * MON\"");
        assert_eq!(said, Vec::<String>::new());
        let timetable = read.timetable.unwrap();
        assert_eq!(
            (timetable.cron(), timetable.zone()),
            ("0 8 * * MON", "Europe/Zurich")
        );
        let (read, said) = head(
            "schedule/a.rhai",
            "timezone = \"America/New_York\"\nschedule = '@daily'",
        );
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(read.timetable.unwrap().zone(), "America/New_York");
    }

    #[test]
    fn a_wrong_field_is_shown_at_its_place() {
        assert_eq!(
            said("schedule = \"0  25 * * MON\""),
            [
                "schedule/a.rhai:3:20: error[E0203]: `schedule`: \"25\" is no hour: write *, 0 to 23, or a list (1,15), a range (1-5) or a step (*/10)"
            ]
        );
        // Escaped, the text stands elsewhere than it reads.
        let escaped = said("schedule = \"0 \\u0032\\u0035 * * MON\"");
        assert!(
            escaped[0].starts_with("schedule/a.rhai:3:16: "),
            "{escaped:?}"
        );
    }

    #[test]
    fn an_unknown_zone_is_shown_with_the_nearest() {
        assert_eq!(
            said("schedule = \"@daily\"\ntimezone = \"Europe/Zürich\""),
            [
                "schedule/a.rhai:4:16: error[E0203]: there is no time zone `Europe/Zürich` (did you mean `Europe/Zurich`?)"
            ]
        );
        let both = said("schedule = \"@dayly\"\ntimezone = 1");
        assert_eq!(both.len(), 2, "{both:?}");
    }

    #[test]
    fn a_timetable_without_schedule_and_a_schedule_without_its_folder_are_errors() {
        let without = said("enabled = true");
        assert!(
            without[0].contains("schedule/a.rhai:1:1: error[E0605]"),
            "{without:?}"
        );
        let (_, said) = head(
            "new-booking/a.rhai",
            "schedule = \"@daily\"\ntimezone = \"UTC\"",
        );
        assert_eq!(
            said,
            [
                "new-booking/a.rhai:3:5: error[E0203]: `schedule` is for rules in `schedule/`: this one runs when an event comes",
                "new-booking/a.rhai:4:5: error[E0203]: `timezone` is for rules in `schedule/`: this one runs when an event comes",
            ]
        );
    }
}
