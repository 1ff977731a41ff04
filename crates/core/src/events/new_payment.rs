//! `new-payment`: a payment was created and confirmed.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{EventDescriptor, Field, FieldKind};
use crate::pid::Pid;

/// The payload of `new-payment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPayment {
    /// The booking.
    pub booking_pid: Pid,
    /// The payment.
    pub payment_pid: Pid,
    /// The payment method's pid.
    pub payment_method: Pid,
    /// The currency's pid, such as CHF.
    pub currency: Pid,
    /// How much was paid.
    #[serde(
        deserialize_with = "crate::value::money",
        serialize_with = "rust_decimal::serde::str::serialize"
    )]
    pub amount: Decimal,
}

/// What Cuebook knows of it.
pub const DESCRIPTOR: EventDescriptor = EventDescriptor {
    name: "new-payment",
    wire_types: &["new-payment"],
    doc: "A payment was created and confirmed.",
    fields: &[
        Field {
            name: "booking_pid",
            kind: FieldKind::Pid,
            doc: "The booking.",
        },
        Field {
            name: "payment_pid",
            kind: FieldKind::Pid,
            doc: "The payment.",
        },
        Field {
            name: "payment_method",
            kind: FieldKind::Pid,
            doc: "The payment method's pid.",
        },
        Field {
            name: "currency",
            kind: FieldKind::Pid,
            doc: "The currency's pid, such as CHF.",
        },
        Field {
            name: "amount",
            kind: FieldKind::Amount,
            doc: "How much was paid.",
        },
    ],
    example: r#"{"type":"new-payment","payload":{"booking_pid":293233446073,"payment_pid":"5f1d2a9c00e4b7a1","payment_method":"invoice","currency":"CHF","amount":"50.00"}}"#,
    validate: |payload| NewPayment::deserialize(payload).map(drop),
};
