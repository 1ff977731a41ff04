//! Checks on a Postgres of their own, with two nodes.
//!
//! - `ground`: the database, the peers, the nodes,
//! - `outages`: Postgres stops at once, again and again, and once for long,
//! - `takeovers`: one node is killed, and one frozen for longer than its lease.

mod ground;
mod outages;
mod takeovers;

pub use outages::{OutagePlan, OutageReport, check_outages};
pub use takeovers::{TakeoverPlan, TakeoverReport, check_takeovers};
