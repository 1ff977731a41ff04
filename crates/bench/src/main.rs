//! `cargo run --release -p cuebook-bench`
//!
//! Starts the ceilings and Cuebook in turn, drives each with the same load, counts what reaches a sink of its own, and
//! prints ratios: what Cuebook does of what the machine could. Loopback only; it ends nothing but its own children.
//!
//! - `load`: the load, and the times it took,
//! - `sinks`: the other systems that effects reach,
//! - `ceilings`: what the bare stones can do,
//! - `subjects`: ceilings and Cuebook as processes, with what they use,
//! - `scenarios`: what is measured, one file each,
//! - `report`: medians, the table, JSON and the plot.
//!
//! This crate must not know how Cuebook works within: it speaks HTTP and SMTP, as everybody outside does. The scenario
//! `rule` alone also calls the rules' engine, to compare it with bare Rhai.

mod arguments;
mod ceilings;
mod load;
mod report;
mod scenarios;
mod sinks;
mod subjects;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    // The one provider of cryptography for TLS. A second call would find it there: no error.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match &arguments.command {
        Some(Command::Ceiling(ceiling)) => ceilings::serve(ceiling),
        None => scenarios::run(&arguments.plan()?),
    }
}
