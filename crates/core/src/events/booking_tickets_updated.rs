//! `booking-tickets-updated`: tickets of a confirmed booking were changed or added.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `booking-tickets-updated`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingTicketsUpdated {
    /// The booking.
    pub booking_pid: Pid,
    /// The tickets that were changed or added.
    pub ticket_pids: Vec<Pid>,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "booking-tickets-updated",
    wire_types: &["booking-tickets-updated"],
    doc: "Tickets of a confirmed booking were changed or added.",
    fields: &[
        Field {
            name: "booking_pid",
            kind: FieldKind::Pid,
            doc: "The booking.",
        },
        Field {
            name: "ticket_pids",
            kind: FieldKind::Pids,
            doc: "The tickets that were changed or added.",
        },
    ],
    example: r#"{"type":"booking-tickets-updated","payload":{"booking_pid":293233446073,"ticket_pids":["6445cdbe3e9509e8","6445cdbe3e950b37"]}}"#,
    validate: |payload| BookingTicketsUpdated::deserialize(payload).map(drop),
};
