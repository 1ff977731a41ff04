//! Reconciliation: which change in Ticketpark becomes which event. Pure; who asks Ticketpark and who remembers what was
//! seen is others' business.

mod found;
mod pids;
mod snapshot;
mod told;

pub use found::{Found, PaymentFacts, Resource};
pub use pids::{AskedFor, NothingToAsk, may_be_gone, pids_to_confirm};
pub use snapshot::Snapshot;
pub use told::{Context, TYPES, Told, message};
