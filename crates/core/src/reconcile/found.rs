//! A record that Ticketpark lists as changed, as far as it matters here.

use serde::{Deserialize, Serialize};

use crate::clock::{Timestamp, to_micros};
use crate::event::words;
use crate::pid::Pid;

use super::snapshot::Snapshot;

words! {
    /// A collection of Ticketpark's API that is looked at. In the order of the looks: what happens to a payment explains
    /// why its booking was touched.
    Resource {
        /// Payments.
        Payments = "payments",
        /// Bookings.
        Bookings = "bookings",
        /// Persons.
        Persons = "persons",
    }
}

/// A record that was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Of which kind.
    pub resource: Resource,
    /// Its pid.
    pub pid: Pid,
    /// The booking that a payment belongs to, where Ticketpark says it.
    pub booking: Option<Pid>,
    /// When it was changed, where Ticketpark says it.
    pub updated: Option<Timestamp>,
    /// When it was made, where Ticketpark says it.
    pub created: Option<Timestamp>,
    /// How it stands.
    pub snapshot: Snapshot,
    /// What `new-payment` tells of a payment, where all of it is there.
    pub payment: Option<PaymentFacts>,
}

/// What a message about a new payment tells beside the pids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFacts {
    /// The method's pid.
    pub method: String,
    /// The currency's pid.
    pub currency: String,
    /// The amount, as Ticketpark writes it.
    pub amount: String,
}

impl Found {
    /// What tells this change from every other one of the record: the instant of it or, where Ticketpark does not say
    /// that, how the record stands since.
    pub fn change(&self) -> String {
        match self.updated {
            Some(at) => to_micros(at).to_string(),
            None => self.snapshot.hash().to_owned(),
        }
    }

    /// The booking or person that an event about it is about.
    pub fn subject(&self) -> Option<&Pid> {
        match self.resource {
            Resource::Payments => self.booking.as_ref(),
            Resource::Bookings | Resource::Persons => Some(&self.pid),
        }
    }
}
