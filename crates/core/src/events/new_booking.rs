//! `new-booking`: a booking was created and confirmed.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `new-booking`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBooking {
    /// The booking.
    pub booking_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "new-booking",
    wire_types: &["new-booking"],
    doc: "A booking was created and confirmed.",
    fields: &[Field {
        name: "booking_pid",
        kind: FieldKind::Pid,
        doc: "The booking.",
    }],
    example: r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#,
    validate: |payload| NewBooking::deserialize(payload).map(drop),
};
