//! `new-person`: a person was created, by a booking or otherwise.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `new-person`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPerson {
    /// The person.
    pub person_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "new-person",
    wire_types: &["new-person"],
    doc: "A person was created, by a booking or otherwise.",
    fields: &[Field {
        name: "person_pid",
        kind: FieldKind::Pid,
        doc: "The person.",
    }],
    example: r#"{"type":"new-person","payload":{"person_pid":"0D4A4F3C-8E0B-4E0B-9C53-3C1C0E5D2A11"}}"#,
    validate: |payload| NewPerson::deserialize(payload).map(drop),
};
