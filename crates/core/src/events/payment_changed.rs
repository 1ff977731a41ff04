//! `payment-changed`: reconciliation found a payment that no message told of, and cannot say whether it is new.

use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `payment-changed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentChanged {
    /// Its booking; not there where Ticketpark does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_pid: Option<Pid>,
    /// The payment.
    pub payment_pid: Pid,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "payment-changed",
    wire_types: &["payment-changed"],
    doc: "Cuebook asked Ticketpark, and a payment was made or changed without a message about it; which of both cannot be told.",
    fields: &[
        Field {
            name: "booking_pid",
            kind: FieldKind::Pid,
            doc: "Its booking; `()` where Ticketpark does not say it.",
        },
        Field {
            name: "payment_pid",
            kind: FieldKind::Pid,
            doc: "The payment.",
        },
    ],
    example: r#"{"type":"payment-changed","payload":{"booking_pid":293233446073,"payment_pid":"5f1d2a9c00e4b7a1"}}"#,
    validate: |payload| PaymentChanged::deserialize(payload).map(drop),
};
