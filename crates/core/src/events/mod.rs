//! The seven messages that Ticketpark sends, and the two that reconciliation makes where it cannot tell which of them it
//! would have been. One file each, and the lists of them.
//!
//! To add one: a file here and a line in [`SENT`] or [`ALL`]. Source of the seven: Ticketpark's page on webhooks.

use std::fmt;

use serde::{Deserialize, Serialize};

pub mod booking_cancelled;
pub mod booking_changed;
pub mod booking_tickets_deleted;
pub mod booking_tickets_updated;
pub mod new_booking;
pub mod new_payment;
pub mod new_person;
pub mod payment_changed;
pub mod person_updated;

/// The types that Ticketpark sends.
pub const SENT: &[&EventDescriptor] = &[
    &new_booking::DESCRIPTOR,
    &booking_tickets_updated::DESCRIPTOR,
    &booking_tickets_deleted::DESCRIPTOR,
    &booking_cancelled::DESCRIPTOR,
    &new_payment::DESCRIPTOR,
    &new_person::DESCRIPTOR,
    &person_updated::DESCRIPTOR,
];

/// Every type that Cuebook knows.
pub const ALL: &[&EventDescriptor] = &[
    &new_booking::DESCRIPTOR,
    &booking_tickets_updated::DESCRIPTOR,
    &booking_tickets_deleted::DESCRIPTOR,
    &booking_cancelled::DESCRIPTOR,
    &new_payment::DESCRIPTOR,
    &new_person::DESCRIPTOR,
    &person_updated::DESCRIPTOR,
    &booking_changed::DESCRIPTOR,
    &payment_changed::DESCRIPTOR,
];

/// An event's canonical type, known or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventType(String);

impl EventType {
    /// The canonical type of a wire `type`: known spellings become one, unknown ones stay as they are.
    pub fn from_wire(wire: &str) -> Self {
        match ALL.iter().find(|d| d.wire_types.contains(&wire)) {
            Some(descriptor) => Self(descriptor.name.to_owned()),
            None => Self(wire.to_owned()),
        }
    }

    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What Cuebook knows of this type, if it knows it.
    pub fn descriptor(&self) -> Option<&'static EventDescriptor> {
        ALL.iter().copied().find(|d| d.name == self.0)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of one type of event: its names, its fields, an example.
#[derive(Debug)]
pub struct EventDescriptor {
    /// The canonical type, also the name of the rules' folder.
    pub name: &'static str,
    /// The spellings of `type` that mean it.
    pub wire_types: &'static [&'static str],
    /// One sentence: when it comes.
    pub doc: &'static str,
    /// The fields of its payload.
    pub fields: &'static [Field],
    /// A whole message, as Ticketpark would send it.
    pub example: &'static str,
    /// Reads a payload into the type's struct and says what is wrong with it.
    pub validate: fn(&serde_json::Value) -> Result<(), serde_json::Error>,
}

/// One field of a payload.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What a rule finds in it.
    pub kind: FieldKind,
    /// What it means.
    pub doc: &'static str,
}

/// What a rule finds in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A pid: always a string.
    Pid,
    /// An array of pids.
    Pids,
    /// Money: a decimal.
    Amount,
}

impl FieldKind {
    /// How the kind is called in the docs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pid => "string (pid)",
            Self::Pids => "array of strings (pids)",
            Self::Amount => "decimal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_is_a_valid_message_of_its_type() {
        for descriptor in ALL {
            let json: serde_json::Value = serde_json::from_str(descriptor.example).unwrap();
            assert_eq!(
                EventType::from_wire(json["type"].as_str().unwrap()).as_str(),
                descriptor.name
            );
            (descriptor.validate)(&json["payload"]).unwrap();
            let names: Vec<&str> = json["payload"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            for field in descriptor.fields {
                assert!(
                    names.contains(&field.name),
                    "{}: {}",
                    descriptor.name,
                    field.name
                );
            }
            assert_eq!(names.len(), descriptor.fields.len(), "{}", descriptor.name);
        }
    }

    #[test]
    fn both_spellings_of_person_updated_are_one_type() {
        assert_eq!(
            EventType::from_wire("new-updated").as_str(),
            "person-updated"
        );
        assert_eq!(
            EventType::from_wire("person-updated").as_str(),
            "person-updated"
        );
        assert_eq!(
            EventType::from_wire("something-new").as_str(),
            "something-new"
        );
    }
}
