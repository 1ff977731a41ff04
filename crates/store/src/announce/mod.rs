//! Several processes on one Postgres tell each other what has become ready, by `NOTIFY` and `LISTEN`.
//!
//! What is told carries no data: who hears it looks into the database. It is told after the commit and by another
//! connection, since a `NOTIFY` within a transaction makes all commits of the database wait for each other. If the process
//! dies between the two, or the network swallows it, the slow polls make up for it.

mod hear;
mod news;
mod tell;

pub(crate) use hear::hear;
pub(crate) use news::News;
pub(crate) use tell::{Outgoing, tell};

/// The channel in Postgres.
const CHANNEL: &str = "cuebook";
