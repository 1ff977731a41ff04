//! `cuebook login`.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand};
use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use serde_json::{Value as Json, json};

use crate::client::{ApiClient, NotReached};
use crate::config::Config;
use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::exit::{Exit, Failure};
use crate::remote::Remote;
use crate::serve::ticketpark;
use crate::{ask, local_store, output};

const INSTEAD: &str =
    "`cuebook serve` is running and does not answer: stop it, log in, and start it again";

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
    /// Ask for Ticketpark's password once and keep the refresh token, encrypted. The password is not kept. Where a server
    /// runs, it logs in; otherwise this command does so itself.
    #[command(
        after_help = "Needs `ticketpark.client_key`, `.client_secret` and `.username` in the configuration.\n\nExamples:\n  cuebook login ticketpark\n  pass show ticketpark | cuebook login ticketpark"
    )]
    Ticketpark,
}

/// Logs in.
pub(crate) fn run(arguments: &Login, context: &Context) -> Result<Exit, Failure> {
    let Service::Ticketpark = arguments.service;
    let config = context.config()?;
    block_on(async {
        if runs(&config, context).await? {
            through_the_server(context).await
        } else {
            here(&config).await
        }
    })?;
    output::line("logged in; the refresh token is kept encrypted, the password is not kept");
    Ok(Exit::Good)
}

/// Whether there is a server to ask: one that was named, or that of this machine, unless it left its address behind.
async fn runs(config: &Config, context: &Context) -> Result<bool, Failure> {
    let environment = context.environment();
    if environment.get("CUEBOOK_URL").is_some() {
        return Ok(true);
    }
    let folder = DataFolder::at(&config.data_dir);
    if folder.server_url().map_err(Failure::unreachable)?.is_none() {
        return Ok(false);
    }
    let client = ApiClient::new(config, environment)?;
    match client.get::<Json>("system").await {
        Err(error) => Ok(!error.is::<NotReached>()),
        Ok(_) => Ok(true),
    }
}

async fn through_the_server(context: &Context) -> Result<(), Failure> {
    let remote = Remote::new(context, false)?;
    let prompt = format!("Ticketpark's password, for {}: ", remote.client.url());
    let password = ask::secret(&prompt).map_err(Failure::usage)?;
    let body = json!({"password": password.reveal()});
    remote.post("ticketpark/login", &body).await?;
    Ok(())
}

async fn here(config: &Config) -> Result<(), Failure> {
    let Some(username) = &config.ticketpark.username else {
        return Err(missing("ticketpark.username"));
    };
    if config.ticketpark.client.is_none() {
        return Err(missing("ticketpark.client_key"));
    }
    // The store first: who cannot keep the token need not type a password.
    let store = local_store::open(config, "log_in_ticketpark", INSTEAD).await?;
    let host = config.ticketpark.url.host_str().unwrap_or("Ticketpark");
    let password = ask::secret(&format!("Password of {username} at {host}: "));
    let password = password.map_err(Failure::unreachable)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let client = ticketpark(config, &store, &clock)
        .map_err(Failure::unreachable)?
        .ok_or_else(|| missing("ticketpark.client_key"))?;
    let answer = client.login(password.reveal()).await;
    store.close().await;
    answer
        .with_context(|| format!("{} refused the login", config.ticketpark.url))
        .map_err(Failure::unreachable)
}

fn missing(key: &str) -> Failure {
    Failure::usage(anyhow!("`{key}` is not configured"))
}
