//! What is measured: one scenario a file.

mod call_out;
mod growth;
mod ingest;
mod long_wait;
mod mail;
mod memory;
mod plan;
mod read_then_mail;
mod rule;
mod run;
mod stage;
mod start_up;

pub(crate) use plan::{Database, Plan, Scenario};
pub(crate) use run::run;
