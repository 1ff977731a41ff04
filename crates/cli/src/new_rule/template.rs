//! The templates: which one fits a type of events, and what becomes of it for a name.

use anyhow::{anyhow, bail};
use cuebook_core::events::{ALL, EventType};
use cuebook_core::rule::RuleName;

use crate::config::nearest;

/// The folders beside those of event types that rules can be made in.
const FOLDERS: &[&str] = &["any", "schedule", "manual"];
/// Folders that hold no rules.
const NO_RULES: &[&str] = &["lib", "templates"];

/// A rule that is to be made.
#[derive(Debug)]
pub(crate) struct NewRule {
    /// Its name.
    pub(super) name: RuleName,
    template: Template,
}

/// A rule and its test, with the words in capitals to be filled in.
#[derive(Debug)]
struct Template {
    rule: &'static str,
    test: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            rule: include_str!(concat!("templates/", $name, ".rhai")),
            test: include_str!(concat!("templates/", $name, ".test.rhai")),
        }
    };
}

impl NewRule {
    /// The rule called `name`. A type that Ticketpark does not send needs `force`.
    pub(crate) fn named(name: &str, force: bool) -> anyhow::Result<Self> {
        let name = name.strip_suffix(".rhai").unwrap_or(name);
        let name: RuleName = name.parse().map_err(|_| not_a_name(name))?;
        let folder = name.folder();
        if NO_RULES.contains(&folder) {
            bail!("{folder}/ holds no rules: a rule lies in the folder of its event type");
        }
        let Some(template) = template_for(folder) else {
            if !force {
                return Err(unknown(folder));
            }
            return Ok(Self {
                template: template!("other"),
                name,
            });
        };
        Ok(Self { name, template })
    }

    /// The text of the rule.
    pub(super) fn rule(&self) -> String {
        self.filled_in(self.template.rule)
    }

    /// The text of its test.
    pub(super) fn test(&self) -> String {
        self.filled_in(self.template.test)
    }

    fn filled_in(&self, text: &str) -> String {
        text.replace("EVENT_TYPE", self.name.folder())
            .replace("RULE_NAME", self.name.as_str())
    }
}

fn template_for(folder: &str) -> Option<Template> {
    Some(match folder {
        "new-booking" => template!("new_booking"),
        "new-payment" => template!("new_payment"),
        "booking-tickets-updated" | "booking-tickets-deleted" => template!("tickets"),
        "booking-cancelled" => template!("booking_cancelled"),
        "new-person" | "person-updated" => template!("person"),
        "booking-changed" | "payment-changed" => template!("other"),
        "any" => template!("any"),
        "schedule" => template!("schedule"),
        "manual" => template!("manual"),
        _ => return None,
    })
}

fn not_a_name(name: &str) -> anyhow::Error {
    anyhow!(
        "{name:?} is no name of a rule: write TYPE/NAME with letters, digits, `-` and `_`, such as new-booking/welcome"
    )
}

fn unknown(folder: &str) -> anyhow::Error {
    let names = || {
        let types = ALL.iter().map(|descriptor| descriptor.name);
        types.chain(FOLDERS.iter().copied())
    };
    let canonical = EventType::from_wire(folder);
    let near = match canonical.descriptor() {
        Some(descriptor) => Some(descriptor.name),
        None => nearest(folder, names()),
    };
    let near = near
        .map(|name| format!("; did you mean {name}?"))
        .unwrap_or_default();
    let known: Vec<&str> = names().collect();
    anyhow!(
        "{folder} is no type that Ticketpark sends{near}\n  there are: {}\n  --force makes the rule all the same, for a type that another rule emits",
        known.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_that_ticketpark_sends_has_a_template() {
        for name in ALL.iter().map(|descriptor| descriptor.name) {
            assert!(template_for(name).is_some(), "{name}");
        }
        for folder in FOLDERS {
            assert!(template_for(folder).is_some(), "{folder}");
        }
    }

    #[test]
    fn a_slip_in_the_type_is_refused_with_the_one_that_was_meant() {
        let refused = |name| NewRule::named(name, false).unwrap_err().to_string();
        assert!(refused("new-bookin/a").contains("did you mean new-booking?"));
        assert!(refused("new-updated/a").contains("did you mean person-updated?"));
        assert!(refused("lib/a").contains("holds no rules"));
        assert!(refused("welcome").contains("write TYPE/NAME"));
        assert!(NewRule::named("made-up/a", true).is_ok());
    }

    #[test]
    fn nothing_is_left_to_be_filled_in() {
        for folder in ALL
            .iter()
            .map(|descriptor| descriptor.name)
            .chain(FOLDERS.iter().copied())
            .chain(["made-up"])
        {
            let rule = NewRule::named(&format!("{folder}/a"), true).unwrap();
            for text in [rule.rule(), rule.test()] {
                assert!(
                    !text.contains("EVENT_TYPE") && !text.contains("RULE_NAME"),
                    "{text}"
                );
            }
        }
    }
}
