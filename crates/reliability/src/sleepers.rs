//! What sleeping runs cost: how long a process takes to start and how much memory it holds with many of them, compared
//! with none; and how long it takes until all that are due at the same moment have woken and ended.

mod bedtime;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use cuebook_core::clock::{Clock as _, SystemClock};
use cuebook_core::{Timestamp, clock::later};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use self::bedtime::{Bedtime, write_rule};
pub use self::report::{Process, SleepersReport};
use crate::books::Api;
use crate::server::{Recipe, Server};

/// How many are due at once.
const DUE: u64 = 1_000;
/// How much later than they are put to bed those are due: by then all of them have to sleep.
const NAP: Duration = Duration::from_secs(20);
/// How long the others sleep.
const NIGHT: Duration = Duration::from_hours(30 * 24);
/// How long a process is given to come to rest before its memory is looked at.
const REST: Duration = Duration::from_secs(3);
/// After so long without all of them awake the check has failed.
const PATIENCE: Duration = Duration::from_mins(2);

/// Fills a database with `sleepers` sleeping runs, through webhooks and the real binary, and measures.
///
/// # Errors
/// Where the check itself cannot be done. What is too slow or too large stands in the report.
pub async fn check_sleepers(binary: PathBuf, sleepers: u64) -> anyhow::Result<SleepersReport> {
    ensure!(sleepers > DUE, "more than {DUE} have to sleep");
    let folder = TempDir::new()?;
    write_rule(folder.path())?;
    let recipe = Recipe {
        binary,
        folder: folder.path().to_owned(),
        // Nobody sends a mail.
        smtp: "smtp://127.0.0.1:9".to_owned(),
        environment: Vec::new(),
    };
    let http = cuebook_ticketpark::transport()?;
    // The first start makes the database.
    end(recipe.start(&http).await?).await?;
    let (server, empty) = rested(&recipe, &http).await?;

    let now = SystemClock.now();
    let begun = Instant::now();
    let bedtime = Bedtime::of(&server, &recipe, &http)?;
    bedtime
        .tuck_in(0..sleepers - DUE, later(now, NIGHT))
        .await?;
    let api = api(&server, &recipe, &http)?;
    api.wait_until_settled(PATIENCE).await?;
    let filled_in = begun.elapsed();
    end(server).await?;

    let (server, full) = rested(&recipe, &http).await?;
    let bedtime = Bedtime::of(&server, &recipe, &http)?;
    let due = later(SystemClock.now(), NAP);
    bedtime.tuck_in(sleepers - DUE..sleepers, due).await?;
    let api = self::api(&server, &recipe, &http)?;
    api.wait_until_settled(PATIENCE).await?;
    ensure!(
        SystemClock.now() < due,
        "they were due before all of them slept"
    );
    let awake = awake(&api, due).await?;
    let afterwards = server.memory()?;
    end(server).await?;
    let database = std::fs::metadata(recipe.data("cuebook.db"))?.len();
    Ok(SleepersReport {
        sleepers,
        filled_in,
        database,
        empty,
        full,
        afterwards,
        awake,
    })
}

/// Starts a process and looks at it when it has come to rest.
async fn rested(recipe: &Recipe, http: &reqwest::Client) -> anyhow::Result<(Server, Process)> {
    let server = recipe.start(http).await?;
    sleep(REST).await;
    let process = Process {
        ready_after: server.ready_after,
        memory: server.memory()?,
    };
    Ok((server, process))
}

async fn end(server: Server) -> anyhow::Result<()> {
    let status = server.terminate().await?;
    ensure!(status.success(), "it ended with {status} after SIGTERM");
    Ok(())
}

fn api(server: &Server, recipe: &Recipe, http: &reqwest::Client) -> anyhow::Result<Api> {
    Ok(Api {
        http: http.clone(),
        url: server.url.clone(),
        key: recipe.read("admin.key")?,
    })
}

/// Waits until those that are due at `due` have ended; how late each did, sorted.
async fn awake(api: &Api, due: Timestamp) -> anyhow::Result<Vec<Duration>> {
    let end = Instant::now() + NAP + PATIENCE;
    loop {
        let ended = api.all("/api/v1/runs?state=completed").await?;
        if ended.len() as u64 >= DUE {
            let mut late: Vec<Duration> = ended.iter().map(|run| lateness(run, due)).collect();
            late.sort_unstable();
            return Ok(late);
        }
        ensure!(
            Instant::now() < end,
            "{} of {DUE} have ended after {PATIENCE:?}",
            ended.len()
        );
        sleep(Duration::from_millis(250)).await;
    }
}

/// How much later than `due` a run ended. One that ended before never slept.
fn lateness(run: &Json, due: Timestamp) -> Duration {
    let ended = run["ended_at"].as_str().and_then(|text| text.parse().ok());
    let late = ended.and_then(|ended: Timestamp| (ended - due).to_std().ok());
    late.unwrap_or(Duration::MAX)
}
