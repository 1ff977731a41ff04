//! `booking-changed`: reconciliation found a change that no message told of, and cannot say which.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `booking-changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingChanged {
    /// The booking.
    pub booking_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "booking-changed",
    wire_types: &["booking-changed"],
    doc: "Cuebook asked Ticketpark, and a booking was changed without a message about it; what has changed cannot be told.",
    fields: &[Field {
        name: "booking_pid",
        kind: FieldKind::Pid,
        doc: "The booking.",
    }],
    example: r#"{"type":"booking-changed","payload":{"booking_pid":293233446073}}"#,
    validate: |payload| BookingChanged::deserialize(payload).map(drop),
};
