//! The server over real sockets, with a real store on a temporary file.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod access;
mod audit;
mod connection;
mod document;
mod dry_run;
mod endpoints;
mod harness;
mod hook;
mod hook_tokens;
mod idempotency;
mod inject;
mod keys;
mod lists;
mod login;
mod logs;
mod masking;
mod operate;
mod operator;
mod privacy;
mod problems;
mod reconciliations;
mod retention;
mod rule_sets;
mod rules;
mod secrets;
mod stats;
mod tls;
