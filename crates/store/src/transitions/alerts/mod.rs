//! Alerts: raised as troubles are seen, claimed to be told by one process, and settled once they were.

mod claim;
mod raise;
mod settle;

pub use settle::Told;
