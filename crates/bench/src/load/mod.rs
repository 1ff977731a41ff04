//! The load: webhooks over keep-alive connections, in a closed loop or at a fixed rate, and how long the answers took.
//! Written on bare sockets, since it shares the machine with what it measures.

mod closed;
mod connection;
mod latencies;
mod open;
mod target;

pub(crate) use closed::{Closed, closed};
pub(crate) use connection::{Connection, content_length, head_end};
pub(crate) use latencies::Latencies;
pub(crate) use open::open;
pub(crate) use target::{NEW_BOOKING, Target};
