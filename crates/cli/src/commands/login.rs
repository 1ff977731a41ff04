//! `cuebook login`.

use std::io::{self, BufRead, IsTerminal};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use cuebook_core::Clock;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::secret::SecretText;
use cuebook_store::{Store, StoreError, StoreSettings};

use crate::config::Config;
use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::serve::{database_url, secret_key, ticketpark};

/// Log in to a service that Cuebook uses.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cuebook login ticketpark")]
pub(crate) struct Login {
    #[command(subcommand)]
    service: Service,
}

/// The services.
#[derive(Debug, Subcommand)]
enum Service {
    /// Ask for Ticketpark's password once and keep the refresh token, encrypted. The password is not kept.
    #[command(
        after_help = "Needs `ticketpark.client_key`, `.client_secret` and `.username` in the configuration.\n\nExamples:\n  cuebook login ticketpark\n  pass show ticketpark | cuebook login ticketpark"
    )]
    Ticketpark,
}

/// Logs in.
pub(crate) fn run(arguments: &Login, context: &Context) -> Result<Exit, Failure> {
    let Service::Ticketpark = arguments.service;
    let config = context.config()?;
    let Some(username) = config.ticketpark.username.clone() else {
        return Err(missing("ticketpark.username"));
    };
    if config.ticketpark.client.is_none() {
        return Err(missing("ticketpark.client_key"));
    }
    let folder = DataFolder::open(&config.data_dir).map_err(Failure::unreachable)?;
    block_on(async {
        // The store first: who cannot keep the token need not type a password.
        let store = open(&config, &folder).await?;
        let password = ask(&username, &config).map_err(Failure::unreachable)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let client = ticketpark(&config, &store, &clock)
            .map_err(Failure::unreachable)?
            .ok_or_else(|| missing("ticketpark.client_key"))?;
        let answer = client.login(password.reveal()).await;
        store.close().await;
        answer
            .with_context(|| format!("{} refused the login", config.ticketpark.url))
            .map_err(Failure::unreachable)
    })?;
    output::line("logged in; the refresh token is kept encrypted, the password is not kept");
    Ok(Exit::Good)
}

fn missing(key: &str) -> Failure {
    Failure::usage(anyhow!("`{key}` is not configured"))
}

async fn open(config: &Config, folder: &DataFolder) -> Result<Store, Failure> {
    let chance = Arc::new(SystemChance::default());
    let settings = StoreSettings {
        database_url: database_url(config, folder).reveal().to_owned(),
        secret_key: secret_key(config, folder, &*chance).map_err(Failure::unreachable)?,
        clock: Arc::new(SystemClock),
        chance,
    };
    Store::open(settings).await.map_err(|error| match error {
        StoreError::InUse(_) => Failure::unreachable(
            anyhow::Error::new(error)
                .context("`cuebook serve` is running: stop it, log in, and start it again"),
        ),
        other => Failure::unreachable(other),
    })
}

/// The password, from the terminal without echo, else the first line of stdin.
fn ask(username: &str, config: &Config) -> anyhow::Result<SecretText> {
    let text = if io::stdin().is_terminal() {
        let host = config.ticketpark.url.host_str().unwrap_or("Ticketpark");
        rpassword::prompt_password(format!("Password of {username} at {host}: "))
            .context("cannot read the password")?
    } else {
        let mut line = String::new();
        io::stdin()
            .lock()
            .read_line(&mut line)
            .context("cannot read the password from stdin")?;
        line.trim_end_matches(['\n', '\r']).to_owned()
    };
    if text.is_empty() {
        return Err(anyhow!("no password was given"));
    }
    Ok(SecretText::new(text))
}
