//! `booking-cancelled`: a confirmed booking was cancelled.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `booking-cancelled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingCancelled {
    /// The booking.
    pub booking_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "booking-cancelled",
    wire_types: &["booking-cancelled"],
    doc: "A confirmed booking was cancelled.",
    fields: &[Field {
        name: "booking_pid",
        kind: FieldKind::Pid,
        doc: "The booking.",
    }],
    example: r#"{"type":"booking-cancelled","payload":{"booking_pid":293233446073}}"#,
    validate: |payload| BookingCancelled::deserialize(payload).map(drop),
};
