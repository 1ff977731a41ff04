//! What bad clients cost good ones: thousands of connections that are slow or say nothing, and a process that has no file
//! descriptors left.

mod crowd;
mod report;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};

use self::crowd::{Crowd, Manner};
pub use self::report::{ClientsReport, Phase};
use crate::server::{Recipe, Server};

/// How long it is watched whether a process without descriptors spins.
const WATCHED: Duration = Duration::from_secs(3);
/// How long one valid request may take before it counts as unanswered.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is to be tried.
#[derive(Debug, Clone)]
pub struct ClientsPlan {
    /// The binary.
    pub binary: PathBuf,
    /// How many connections are slow; none is tried if 0.
    pub slow: usize,
    /// How many connections say nothing.
    pub idle: usize,
    /// How many file descriptors the process may have where it has too few.
    pub descriptors: usize,
    /// How many valid requests are measured in each phase.
    pub requests: usize,
}

/// Starts the real binary, beleaguers it, and measures what others notice.
///
/// # Errors
/// Where the check itself cannot be done. What is too slow stands in the report.
pub async fn check_clients(plan: &ClientsPlan) -> anyhow::Result<ClientsReport> {
    let folder = TempDir::new()?;
    let recipe = recipe(plan.binary.clone(), folder.path());
    let http = cuebook_ticketpark::transport()?;
    let server = recipe.start(&http).await?;
    let hook = hook(&server, &recipe)?;
    let mut phases = vec![measured("nobody else", plan, &http, &hook).await];
    if plan.slow > 0 {
        let crowd = Crowd::gather(&server.url, &hook, plan.slow, Manner::Slow).await?;
        let mut phase = measured("slow", plan, &http, &hook).await;
        phase.closed_after = Some(crowd.closed().await?);
        phases.push(phase);
    }
    let crowd = Crowd::gather(&server.url, &hook, plan.idle, Manner::Idle).await?;
    phases.push(measured("idle", plan, &http, &hook).await);
    drop(crowd);
    server.terminate().await?;

    let wrapper = with_descriptors(&recipe, plan.descriptors)?;
    let recipe = self::recipe(wrapper, folder.path());
    let server = recipe.start(&http).await?;
    let hook = self::hook(&server, &recipe)?;
    let crowd = Crowd::gather(&server.url, &hook, plan.descriptors * 2, Manner::Idle).await?;
    let before = server.processor_time()?;
    sleep(WATCHED).await;
    let spent = server.processor_time()?.saturating_sub(before);
    drop(crowd);
    let begun = Instant::now();
    ensure!(
        sent(&http, &hook).await.is_some(),
        "it does not answer any more once there are descriptors again"
    );
    let recovered_after = begun.elapsed();
    server.terminate().await?;
    Ok(ClientsReport {
        slow: plan.slow,
        idle: plan.idle,
        descriptors: plan.descriptors,
        phases,
        busy: spent.as_secs_f64() / WATCHED.as_secs_f64(),
        recovered_after,
    })
}

fn recipe(binary: PathBuf, folder: &Path) -> Recipe {
    Recipe {
        binary,
        folder: folder.to_owned(),
        // Nobody sends a mail.
        smtp: "smtp://127.0.0.1:9".to_owned(),
        environment: Vec::new(),
    }
}

fn hook(server: &Server, recipe: &Recipe) -> anyhow::Result<String> {
    let token = recipe.read("hook.token")?;
    Ok(format!("{}/hooks/ticketpark/{token}", server.url))
}

/// A program that starts the same binary with fewer descriptors.
fn with_descriptors(recipe: &Recipe, descriptors: usize) -> anyhow::Result<PathBuf> {
    let path = recipe.folder.join("few-descriptors");
    let binary = recipe.binary.display();
    fs::write(
        &path,
        format!("#!/bin/sh\nulimit -n {descriptors}\nexec '{binary}' \"$@\"\n"),
    )?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
        .context("the wrapper cannot be made executable")?;
    Ok(path)
}

/// Valid requests one after another; how long each took, sorted.
async fn measured(
    name: &'static str,
    plan: &ClientsPlan,
    http: &reqwest::Client,
    hook: &str,
) -> Phase {
    let mut took = Vec::with_capacity(plan.requests);
    for _ in 0..plan.requests {
        took.push(sent(http, hook).await.unwrap_or(Duration::MAX));
    }
    took.sort_unstable();
    Phase {
        name,
        took,
        closed_after: None,
    }
}

/// One webhook on a connection of its own; how long it took to be acknowledged.
async fn sent(http: &reqwest::Client, hook: &str) -> Option<Duration> {
    let begun = Instant::now();
    let request = http
        .post(hook)
        .header("connection", "close")
        .body(r#"{"type":"new-booking","payload":{"booking_pid":"1"}}"#);
    let answer = timeout(PATIENCE, request.send()).await.ok()?.ok()?;
    (answer.status() == 202).then(|| begun.elapsed())
}
