//! The store from outside. Each story is told on SQLite, and on Postgres where `CUEBOOK_TEST_POSTGRES` names one.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where a step fails, in its own words or in those of a story"
)]

mod announce;
mod archive;
mod audit;
mod connect;
mod installation;
mod moving;
mod privacy;
mod queries;
mod retention;
mod script;
mod stage;
mod transitions;
mod two_nodes;
mod writer;
