//! The command from outside: the real binary, in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod alerts;
mod backtest;
mod backtest_many;
mod backups;
mod canaries;
mod check;
mod config;
mod cookbook;
mod copy;
mod dashboard;
mod definitions;
mod demo;
mod dev;
mod doctor_runs;
mod dry_run;
mod erasure;
mod exit_codes;
mod folder;
mod forwarding;
mod http;
mod killed_under_load;
mod links;
#[cfg(unix)]
mod many_clients;
mod new;
mod nodes;
mod operate;
mod peers;
mod postgres_faults;
mod reconcile;
mod reference;
mod reload;
mod restart;
mod rule_tests;
mod server;
mod socket_activation;
mod storage_faults;
mod ticketpark_peer;
mod trigger;
mod trust;
