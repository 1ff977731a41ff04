//! Endpoints and what is forwarded to them. A delivery is a row of the ledger like any other send, and goes its way:
//!
//! `forward` makes it in the transaction that accepts its event → `claim_sends`, where `take` looks whether its endpoint
//! takes it now → `settle_send`, where `judge` draws conclusions about the endpoint. People decide by `save`, `change` and
//! `again`.

mod again;
mod change;
mod forward;
mod judge;
mod save;
mod take;
mod try_out;

pub use again::Recovered;
pub(crate) use again::ReleaseHeld;
pub use change::{EndpointChanges, EndpointOperated};
pub(super) use forward::forward;
pub use judge::{EndpointTurned, Settled};
pub(super) use judge::{Outcome, judge};
pub use save::NewEndpoint;
pub(super) use take::take;
