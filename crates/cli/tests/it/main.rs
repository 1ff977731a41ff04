//! The command from outside: the real binary, in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod backtest;
mod backtest_many;
mod check;
mod config;
mod cookbook;
mod definitions;
mod demo;
mod dev;
mod doctor_runs;
mod dry_run;
mod exit_codes;
mod folder;
mod http;
mod killed_under_load;
mod new;
mod nodes;
mod operate;
mod peers;
mod reference;
mod reload;
mod restart;
mod rule_tests;
mod server;
mod socket_activation;
mod storage_faults;
mod trigger;
