//! Between scripts and Ticketpark's client: queries, answers, failures.

mod answer;
mod failure;
mod query;
mod records;

pub(crate) use answer::{Records, pids_as_text, with_fields};
pub(crate) use failure::{read_failure, write_failure};
pub(crate) use query::pairs;
pub use records::ChangedRecords;
