//! `person-updated`: a person's name, address or contact data changed.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `person-updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonUpdated {
    /// The person.
    pub person_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "person-updated",
    wire_types: &["new-updated", "person-updated"],
    doc: "A person's name, address or contact data changed.",
    fields: &[Field {
        name: "person_pid",
        kind: FieldKind::Pid,
        doc: "The person.",
    }],
    example: r#"{"type":"new-updated","payload":{"person_pid":"0D4A4F3C-8E0B-4E0B-9C53-3C1C0E5D2A11"}}"#,
    validate: |payload| PersonUpdated::deserialize(payload).map(drop),
};
