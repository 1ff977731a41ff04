//! What each command may know of its surroundings: the environment and the configuration.

use std::future::Future;
use std::path::PathBuf;

use tokio::runtime::Builder;

use crate::config::{Config, Environment, Gathered};
use crate::exit::Failure;

/// The surroundings of a command.
#[derive(Debug)]
pub(crate) struct Context {
    config_file: Option<PathBuf>,
    environment: Environment,
}

impl Context {
    /// With the configuration file that the command line names, if it names one.
    pub(crate) fn new(config_file: Option<PathBuf>, environment: Environment) -> Self {
        Self {
            config_file,
            environment,
        }
    }

    /// The environment.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What file and environment say.
    pub(crate) fn gathered(&self) -> Result<Gathered, Failure> {
        Gathered::read(self.config_file.as_deref(), &self.environment).map_err(Failure::usage)
    }

    /// The configuration.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        Config::read(&self.gathered()?).map_err(Failure::usage)
    }
}

/// Runs a command's asynchronous work on this thread alone.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::unreachable)?
        .block_on(work)
}
