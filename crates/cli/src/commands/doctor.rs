//! `cuebook doctor`.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;
use cuebook_core::chance::SystemChance;
use cuebook_core::clock::SystemClock;
use cuebook_core::{Chance, Clock};
use cuebook_store::Store;
use serde_json::{Value as Json, json};

use crate::client::ApiClient;
use crate::config::Config;
use crate::context::{Context, block_on};
use crate::data_folder::DataFolder;
use crate::doctor::{self, Database, Part, Verdict};
use crate::engine;
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};
use crate::past;
use crate::serve::{store_settings, ticketpark};
use crate::trial;

/// Check configuration, database, rules, mail server and Ticketpark, and that the books close: that every event, run and
/// effect is accounted for. Exits with 1 if something is wrong.
///
/// Works beside a running server, which then looks at its database itself, and without one.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cuebook doctor\n  cuebook doctor --json\n  cuebook doctor --runs    # with a new version of Cuebook, before it takes over"
)]
pub(crate) struct Doctor {
    /// Only replay the journals of all runs that are not over on this binary, each with its pinned version, and list what
    /// would diverge. Reads the database itself, also beside a running server, and changes nothing.
    #[arg(long)]
    runs: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Looks at everything and tells.
pub(crate) fn run(arguments: &Doctor, context: &Context) -> Result<Exit, Failure> {
    let colour = Colour::of_stdout(context.environment());
    let (parts, books) = match context.config() {
        Ok(config) if arguments.runs => return replay_runs(arguments, &config, context, colour),
        Ok(config) => {
            let mut parts = vec![Part::good("configuration", "can be read")];
            parts.push(doctor::rules(&config));
            let (more, books) = block_on(look(&config, context))?;
            parts.extend(more);
            (parts, books)
        }
        Err(failure) => {
            let part = Part::finding("configuration", failure.to_string());
            (vec![part], Json::Null)
        }
    };
    let good = parts.iter().all(|part| part.verdict != Verdict::Finding);
    if arguments.json {
        let answer = json!({"good": good, "parts": parts, "books": books});
        output::line(format!("{answer:#}"));
    } else {
        output::text(&told(&parts, colour));
    }
    Ok(if good { Exit::Good } else { Exit::Findings })
}

/// Replays the runs that are not over and tells.
fn replay_runs(
    arguments: &Doctor,
    config: &Config,
    context: &Context,
    colour: Colour,
) -> Result<Exit, Failure> {
    let (part, runs) = block_on(async {
        let archive = past::open(&past::Database { demo: false }, config).await?;
        let secrets = trial::secrets(config, context, &archive).await?;
        let engine = engine::for_server(config, secrets).map_err(Failure::unreachable)?;
        let replayed = doctor::runs(&archive, &engine).await;
        archive.close().await.map_err(Failure::unreachable)?;
        Ok(replayed)
    })?;
    let good = part.verdict != Verdict::Finding;
    if arguments.json {
        let answer = json!({"good": good, "parts": [part], "runs": runs});
        output::line(format!("{answer:#}"));
    } else {
        output::text(&told(&[part], colour));
    }
    Ok(if good { Exit::Good } else { Exit::Findings })
}

/// Looks at what takes a connection.
async fn look(config: &Config, context: &Context) -> Result<(Vec<Part>, Json), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut parts = vec![doctor::mail(config, clock.clone()).await];
    let configured = config.ticketpark.client.is_some();
    let unset = || Part::skipped("ticketpark", "`ticketpark.client_key` is not set");
    if let Some(answer) = served(config, context).await? {
        parts.push(if configured {
            let why =
                "not asked: the running server has the login, and says in its log when it ends";
            Part::skipped("ticketpark", why)
        } else {
            unset()
        });
        let (more, books) = match answer {
            Ok(answer) => doctor::database(Database::Served(&answer)).await,
            Err(error) => (vec![Part::failed("database", error.as_ref())], Json::Null),
        };
        parts.extend(more);
        return Ok((parts, books));
    }
    let Some(store) = open(config, &clock, &mut parts).await? else {
        return Ok((parts, Json::Null));
    };
    match ticketpark(config, &store, &clock) {
        Ok(Some(client)) => parts.push(doctor::ticketpark_login(&client).await),
        Ok(None) => parts.push(unset()),
        Err(error) => parts.push(Part::failed("ticketpark", error.as_ref())),
    }
    let (more, books) = doctor::database(Database::Opened(&store)).await;
    parts.extend(more);
    store.close().await;
    Ok((parts, books))
}

/// What the running server says of its database; `None` where none runs.
async fn served(
    config: &Config,
    context: &Context,
) -> Result<Option<anyhow::Result<Json>>, Failure> {
    let environment = context.environment();
    let folder = DataFolder::at(&config.data_dir);
    let named = environment.get("CUEBOOK_URL").is_some();
    let runs = folder.server_url().map_err(Failure::unreachable)?.is_some();
    if !named && !runs {
        return Ok(None);
    }
    let client = ApiClient::new(config, environment)?;
    match client.get("system/doctor").await {
        // A server that was killed has left its address behind.
        Err(error) if !named && error.is::<crate::client::NotReached>() => Ok(None),
        answer => Ok(Some(answer)),
    }
}

/// Opens the database; what is wrong with it becomes a part.
async fn open(
    config: &Config,
    clock: &Arc<dyn Clock>,
    parts: &mut Vec<Part>,
) -> Result<Option<Store>, Failure> {
    let folder = DataFolder::at(&config.data_dir);
    if config.database_url.is_none() && !folder.path("cuebook.db").exists() {
        let why = "there is none yet: the first `cuebook serve` makes it";
        parts.push(Part::skipped("database", why));
        return Ok(None);
    }
    let chance: Arc<dyn Chance> = Arc::new(SystemChance::default());
    let settings = store_settings(config, &folder, clock, &chance).map_err(Failure::unreachable)?;
    match Store::open(settings).await {
        Ok(store) => Ok(Some(store)),
        Err(error @ cuebook_store::StoreError::InUse(_)) => Err(Failure::unreachable(
            anyhow!(error).context("a server has the database, but does not answer"),
        )),
        Err(error) => {
            parts.push(Part::failed("database", &error));
            Ok(None)
        }
    }
}

fn told(parts: &[Part], colour: Colour) -> String {
    let mut text = String::new();
    for part in parts {
        let (word, code) = match part.verdict {
            Verdict::Good => ("good", "32"),
            Verdict::Skipped => ("-", "33"),
            Verdict::Finding => ("WRONG", "31"),
        };
        let mut says = part.says.iter();
        let word = colour.paint(code, &format!("{word:<6}"));
        let first = says.next().map_or("", String::as_str);
        let _ = writeln!(text, "{:<15}{word} {first}", part.name);
        for line in says {
            let _ = writeln!(text, "{:<22}{line}", "");
        }
    }
    text
}
