//! Properties: of the event, of its payload, and of values whose kind is known.

use super::super::chain::{Link, Step};
use super::super::kind::{Kind, Types};
use super::super::kinds::ANSWER;
use super::super::walk::Walker;
use crate::diagnostic::code;
use crate::host::event_view::PROPERTIES;
use crate::suggest;

/// What other languages call the length.
const LENGTH: &[&str] = &["length", "size", "count"];

impl Walker<'_> {
    /// A look into a value of this kind.
    pub(in super::super) fn looked_into(&mut self, kind: &Kind, link: &Link<'_>) {
        let Step::Property(name) = link.step else {
            return;
        };
        match kind {
            Kind::Event(types) => self.event_property(types, name, link),
            Kind::Payload(types) => self.payload_field(types, name, link),
            Kind::Unknown | Kind::Map | Kind::Record | Kind::Function => {}
            Kind::Http if ANSWER.contains(&name) => {}
            kind => self.other_property(kind, name, link),
        }
    }

    fn event_property(&mut self, types: &Types, name: &str, link: &Link<'_>) {
        let properties: Vec<&str> = PROPERTIES.iter().map(|(name, _, _)| *name).collect();
        if properties.contains(&name) {
            return;
        }
        let help = if types.fields().any(|field| field.name == name) {
            Some(format!("write `event.payload.{name}`"))
        } else {
            suggest::help(name, &properties, "an event has")
        };
        let message = format!("an event has no property `{}`", suggest::shown(name));
        let diagnostic = self
            .error(code::UNKNOWN_EVENT_PROPERTY, link.position, message)
            .with_help_if(help);
        self.found.push(diagnostic);
    }

    fn payload_field(&mut self, types: &Types, name: &str, link: &Link<'_>) {
        let mut fields: Vec<&str> = Vec::new();
        for field in types.fields() {
            if !fields.contains(&field.name) {
                fields.push(field.name);
            }
        }
        if types.0.is_empty() || fields.contains(&name) {
            return;
        }
        let types = types.names().join("` or `");
        let help = match suggest::nearest(name, fields.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has `{}`", fields.join("`, `")),
        };
        let message = format!(
            "the payload of `{types}` has no field `{}`",
            suggest::shown(name)
        );
        let diagnostic = self
            .error(code::UNKNOWN_FIELD, link.position, message)
            .with_label("no such field")
            .with_help(help)
            .with_note(format!(
                "if Ticketpark sends it by now, write `payload[\"{}\"]`",
                suggest::shown(name)
            ));
        self.found.push(diagnostic);
    }

    fn other_property(&mut self, kind: &Kind, name: &str, link: &Link<'_>) {
        let Some(label) = kind.noun() else {
            return;
        };
        if self.known.has_getter(name) {
            return;
        }
        let message = format!("{label} has no property `{}`", suggest::shown(name));
        let help = match kind {
            Kind::Array(_) | Kind::Text | Kind::Pid | Kind::TypeName if LENGTH.contains(&name) => {
                Some("its length is `.len()`".to_owned())
            }
            Kind::Http => suggest::help(name, ANSWER, "it has"),
            _ if self.known.has_method(name) => Some(format!("call it: `.{name}(…)`")),
            _ => None,
        };
        let diagnostic = self
            .error(code::UNKNOWN_PROPERTY, link.position, message)
            .with_help_if(help);
        self.found.push(diagnostic);
    }
}
