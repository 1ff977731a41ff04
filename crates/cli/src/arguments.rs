//! The command line: one subcommand a file of [`crate::commands`].

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, backtest, backup, check, copy, definitions, dev, doctor, effects, endpoints, erase,
    events, export, keys, login, migrate, new, openapi, pause, reconcile, reference, replay,
    replays, restore, rules, run, runs, secrets, serve, test, tokens, trigger,
};
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Receives Ticketpark's webhooks, keeps each one, and runs your rules on them.
#[derive(Debug, Parser)]
#[command(
    name = "cuebook",
    version,
    after_help = "Begin with:\n  cuebook serve --demo\n\nExit codes: 0 good, 1 findings, 2 wrong usage, 3 cannot reach or start."
)]
pub(crate) struct Arguments {
    /// The configuration file [default: `CUEBOOK_CONFIG`, else `cuebook.toml` if there is one]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Serve),
    Dev(dev::Dev),
    Trigger(trigger::Trigger),
    Check(check::Check),
    Test(test::Test),
    Run(run::Run),
    Backtest(backtest::Backtest),
    New(new::New),
    Definitions(definitions::Definitions),
    Events(events::Events),
    Runs(runs::Runs),
    Effects(effects::Effects),
    Endpoints(endpoints::Endpoints),
    Replay(replay::Replay),
    Replays(replays::Replays),
    Reconcile(reconcile::Reconcile),
    Rules(rules::Rules),
    Secrets(secrets::Secrets),
    Keys(keys::Keys),
    Tokens(tokens::Tokens),
    Erase(erase::Erase),
    Export(export::Export),
    Audit(audit::Audit),
    Pause(pause::Pause),
    Resume(pause::Resume),
    Doctor(doctor::Doctor),
    Login(login::Login),
    Migrate(migrate::Migrate),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Copy(copy::Copy),
    Openapi(openapi::Openapi),
    Reference(reference::Reference),
}

impl Command {
    /// Does what the command says.
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Serve(command) => serve::run(&command, context),
            Self::Dev(command) => dev::run(&command, context),
            Self::Trigger(command) => trigger::run(&command, context),
            Self::Check(command) => check::run(&command, context),
            Self::Test(command) => test::run(&command, context),
            Self::Run(command) => run::run(&command, context),
            Self::Backtest(command) => backtest::run(&command, context),
            Self::New(command) => new::run(&command, context),
            Self::Definitions(command) => definitions::run(&command, context),
            Self::Events(command) => events::run(&command, context),
            Self::Runs(command) => runs::run(&command, context),
            Self::Effects(command) => effects::run(&command, context),
            Self::Endpoints(command) => endpoints::run(&command, context),
            Self::Replay(command) => replay::run(&command, context),
            Self::Replays(command) => replays::run(&command, context),
            Self::Reconcile(command) => reconcile::run(&command, context),
            Self::Rules(command) => rules::run(&command, context),
            Self::Secrets(command) => secrets::run(&command, context),
            Self::Keys(command) => keys::run(&command, context),
            Self::Tokens(command) => tokens::run(&command, context),
            Self::Erase(command) => erase::run(&command, context),
            Self::Export(command) => export::run(&command, context),
            Self::Audit(command) => audit::run(&command, context),
            Self::Pause(command) => pause::pause(&command, context),
            Self::Resume(command) => pause::resume(&command, context),
            Self::Doctor(command) => doctor::run(&command, context),
            Self::Login(command) => login::run(&command, context),
            Self::Migrate(command) => migrate::run(&command, context),
            Self::Backup(command) => backup::run(&command, context),
            Self::Restore(command) => restore::run(&command, context),
            Self::Copy(command) => copy::run(&command, context),
            Self::Openapi(command) => openapi::run(&command, context),
            Self::Reference(command) => reference::run(&command),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_each_command_has_an_example() {
        Arguments::command().debug_assert();
        for command in Arguments::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| help.contains("cuebook ")),
                "{}",
                command.get_name()
            );
        }
    }
}
