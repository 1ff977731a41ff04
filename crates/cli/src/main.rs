//! The command `cuebook`: reads the command line, hands over to one command, and turns its end into an exit code.

mod arguments;
mod ask;
mod backtest;
mod backup;
mod candidate;
mod client;
mod commands;
mod config;
mod context;
mod data_folder;
mod definitions;
mod dev;
mod diagnostics;
mod doctor;
mod dry_run;
mod engine;
mod exit;
mod folder_changes;
mod local_store;
mod logging;
mod memory;
mod new_rule;
mod output;
mod own_tls;
mod past;
mod remote;
mod rule_tests;
mod serve;
mod ticketpark_token;
mod trial;
mod trigger;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::config::Environment;
use crate::context::Context;
use crate::output::Colour;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A pipe that was closed while help went into it is no error of ours.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // The one provider of cryptography for TLS, whoever speaks it. A second call would find it there: no error.
    let _ = rustls::crypto::ring::default_provider().install_default();

    let context = Context::new(arguments.config, Environment::of_process());
    match arguments.command.run(&context) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let colour = Colour::of_stderr(context.environment());
            output::note(format!("{}: {failure}", colour.paint("1;31", "error")));
            failure.exit.into()
        }
    }
}
