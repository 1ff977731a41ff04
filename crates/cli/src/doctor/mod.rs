//! What `cuebook doctor` looks at, one part a file, each giving [`Part`]s. The parts must not print.

mod database;
mod outside;
mod part;
mod rules;
mod runs;

pub(crate) use database::{Database, database};
pub(crate) use outside::{mail, ticketpark_login};
pub(crate) use part::{Part, Verdict};
pub(crate) use rules::rules;
pub(crate) use runs::runs;
