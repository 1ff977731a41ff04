//! The constant `event`, and what the payload of each type of event holds.

use std::fmt::Write as _;

use cuebook_core::events::{self, EventDescriptor, FieldKind};

use super::declaration::comment;
use crate::host::event_view::PROPERTIES;

/// What the constant is.
const EVENT: &str = "The event that the rule runs on; seen in functions, too. A property or field that is missing is `()`.

`payload` holds what Ticketpark sent: the fields of the event's type, and whatever else came.";

/// The file, which begins with `begun`.
pub(super) fn file(begun: &str) -> String {
    let mut file = begun.to_owned();
    for descriptor in events::ALL {
        file.push('\n');
        payload(&mut file, descriptor);
    }
    file.push_str("\n/// An event.\ntype Event = #{\n");
    for (name, kind, doc) in PROPERTIES {
        let doc = comment("    ", doc);
        // Writing to a string does not fail.
        let _ = writeln!(file, "{doc}    {name}: {kind},");
    }
    let mut docs = EVENT.to_owned();
    for descriptor in events::ALL {
        let fields: Vec<&str> = descriptor.fields.iter().map(|field| field.name).collect();
        let _ = write!(docs, "\n- `{}`: `{}`", descriptor.name, fields.join("`, `"));
    }
    let _ = writeln!(file, "}};\n\n{}const event: Event;", comment("", &docs));
    file
}

fn payload(file: &mut String, descriptor: &EventDescriptor) {
    let doc = format!(
        "The payload of `{}`. {}\n\n```json\n{}\n```",
        descriptor.name, descriptor.doc, descriptor.example
    );
    file.push_str(&comment("", &doc));
    let _ = writeln!(file, "type {} = #{{", camel(descriptor.name));
    for field in descriptor.fields {
        let kind = match field.kind {
            FieldKind::Pid => "String",
            FieldKind::Pids => "[String]",
            FieldKind::Amount => "decimal",
        };
        let doc = comment("    ", field.doc);
        let _ = writeln!(file, "{doc}    {}: {kind},", field.name);
    }
    file.push_str("};\n");
}

/// `new-booking` as the name of a type: `NewBooking`.
fn camel(name: &str) -> String {
    name.split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
        .collect()
}
