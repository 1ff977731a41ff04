//! What a dry run and a backtest have in common: secrets, effects that only read, and telling what is wrong with the rules.

use std::sync::Arc;

use anyhow::Context as _;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::secret::{NoSecrets, SecretLookup};
use cuebook_core::{Chance, Clock};
use cuebook_effects::Effects;
use cuebook_store::{Archive, Store, StoreError};

use crate::candidate::Unusable;
use crate::config::Config;
use crate::context::Context;
use crate::data_folder::DataFolder;
use crate::diagnostics;
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::past::Database;
use crate::serve::{ScriptSecrets, effects, existing_secret_key, store_settings, ticketpark};

/// The secrets that rules name: the environment's, then those of the database.
pub(crate) async fn secrets(
    config: &Config,
    context: &Context,
    archive: &Archive,
) -> Result<Arc<dyn SecretLookup>, Failure> {
    let folder = DataFolder::at(&config.data_dir);
    let key = existing_secret_key(config, &folder).map_err(Failure::unreachable)?;
    let stored: Arc<dyn SecretLookup> = match key {
        Some(key) => archive
            .script_secrets(&key)
            .await
            .context("cannot read the secrets of rules")
            .map_err(Failure::unreachable)?,
        None => Arc::new(NoSecrets),
    };
    given(context, stored)
}

/// The secrets that the environment gives, then `stored`.
pub(crate) fn given(
    context: &Context,
    stored: Arc<dyn SecretLookup>,
) -> Result<Arc<dyn SecretLookup>, Failure> {
    let secrets = ScriptSecrets::new(context.environment(), stored).map_err(Failure::usage)?;
    Ok(Arc::new(secrets))
}

/// What performs live reads. Ticketpark's login is in the database, which one process has at a time: beside a running server
/// on SQLite only other systems are asked.
pub(crate) async fn live_effects(
    config: &Config,
    context: &Context,
    database: &Database,
) -> Result<(Effects, Option<Store>), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = login_store(config, database, &clock).await?;
    let stored: Arc<dyn SecretLookup> = match &store {
        Some(store) => store.script_secrets(),
        None => Arc::new(NoSecrets),
    };
    let client = match &store {
        Some(store) => ticketpark(config, store, &clock).map_err(Failure::unreachable)?,
        None => None,
    };
    let effects =
        effects(config, client, given(context, stored)?, clock).map_err(Failure::unreachable)?;
    Ok((effects, store))
}

/// The store that has Ticketpark's login; `None` where there is none, or another process has it.
async fn login_store(
    config: &Config,
    database: &Database,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Store>, Failure> {
    let folder = DataFolder::at(&config.data_dir);
    // Nothing is made only to be looked into, and the demo's Ticketpark runs with its server alone.
    let is_there = config.database_url.is_some() || folder.path("cuebook.db").exists();
    if database.demo || !is_there {
        output::note("there is no login at Ticketpark here: ticketpark::* cannot be asked");
        return Ok(None);
    }
    let chance: Arc<dyn Chance> = Arc::new(SystemChance::default());
    let settings = store_settings(config, &folder, clock, &chance).map_err(Failure::unreachable)?;
    match Store::open(settings).await {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::InUse(_)) => {
            output::note(
                "a server has the database and Ticketpark's login in it: ticketpark::* cannot be asked beside it",
            );
            Ok(None)
        }
        Err(error) => Err(Failure::unreachable(error)),
    }
}

/// Tells why rules cannot be tried out.
pub(crate) fn told(unusable: Unusable, colour: Colour) -> Result<Exit, Failure> {
    match unusable {
        Unusable::NotChecked(error) => Err(Failure::unreachable(error)),
        Unusable::Invalid(found, sources) => {
            for line in diagnostics::render_all(&found, &sources, colour).lines() {
                output::note(line);
            }
            Ok(Exit::Findings)
        }
    }
}
