//! For tests: a whole Cuebook in one process, clock in hand, with peers on loopback that record what reaches them.
//!
//! [`Cuebook`] is put together as the binary does it, on a data folder of its own. It can be killed and opened again.
//! [`HttpPeer`] and [`SmtpPeer`] are the other systems. Nothing here sleeps for a fixed time: what is waited for is a
//! state, and waiting has an end.

mod assembly;
mod builder;
mod cuebook;
mod http_peer;
#[cfg(unix)]
mod postgres_server;
mod smtp_peer;
mod ticketpark;
mod waiting;

pub use builder::Builder;
pub use cuebook::{Answered, Cuebook, Killed};
pub use http_peer::{Answer, Gate, HttpPeer, Recorded};
#[cfg(unix)]
pub use postgres_server::PostgresServer;
pub use smtp_peer::{Mail, SmtpPeer};
pub use ticketpark::pretend_ticketpark;
pub use waiting::{LONGEST, eventually};
