//! The store from outside. Each story is told on SQLite, and on Postgres where `CUEBOOK_TEST_POSTGRES` names one.

mod connect;
mod queries;
mod script;
mod stage;
mod transitions;
mod writer;
