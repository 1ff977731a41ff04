//! `booking-tickets-deleted`: tickets of a confirmed booking were deleted; the rest of the booking stands.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `booking-tickets-deleted`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingTicketsDeleted {
    /// The booking.
    pub booking_pid: Pid,
    /// The tickets that were deleted.
    pub ticket_pids: Vec<Pid>,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "booking-tickets-deleted",
    wire_types: &["booking-tickets-deleted"],
    doc: "Tickets of a confirmed booking were deleted; the rest of the booking stands.",
    fields: &[
        Field {
            name: "booking_pid",
            kind: FieldKind::Pid,
            doc: "The booking.",
        },
        Field {
            name: "ticket_pids",
            kind: FieldKind::Pids,
            doc: "The tickets that were deleted.",
        },
    ],
    example: r#"{"type":"booking-tickets-deleted","payload":{"booking_pid":293233446073,"ticket_pids":["6445cdbe3e9509e8"]}}"#,
    validate: |payload| BookingTicketsDeleted::deserialize(payload).map(drop),
};
