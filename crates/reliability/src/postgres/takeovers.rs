//! Of two nodes the second is killed, started again, frozen for longer than its lease, and goes on. What it held is taken
//! over by the first, and what it does late changes nothing.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::sync::watch;
use tokio::time::sleep;

use super::ground::{Closed, Ground, Nodes};
use super::outages::write_wrong;
use crate::books::Api;
use crate::random::Random;
use crate::sender::{Fate, Sender};

/// How long the other system takes for an answer: so there is always something in hand.
const ANSWERS_AFTER: Duration = Duration::from_millis(600);
/// By then the runs of the node that lives have ended, and nobody has been taken for dead yet.
const THE_LIVING_ARE_DONE: Duration = Duration::from_millis(1_500);
/// How long both nodes work before and after.
const WORK: Duration = Duration::from_secs(3);
/// After a lease and a third of it a dead node has been noticed; what it held is done a moment later.
const A_MOMENT: Duration = Duration::from_secs(5);
/// After so long Postgres rolls back what a frozen node has left open in the middle of a transaction; before, nobody can have
/// what is locked there.
const STANDSTILL: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_mins(2);
const STEP: Duration = Duration::from_millis(100);

/// What is to be done.
#[derive(Debug, Clone)]
pub struct TakeoverPlan {
    /// The binary `cuebook`.
    pub binary: PathBuf,
    /// How long a node may be silent.
    pub lease: Duration,
    /// How long one is frozen; longer than it takes to be taken for dead.
    pub frozen: Duration,
    /// Webhooks a second.
    pub rate: u32,
    /// Makes the bodies the same again.
    pub seed: u64,
    /// How much slower than promised this machine may be.
    pub slack: Duration,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct TakeoverReport {
    /// Webhooks sent.
    pub sent: usize,
    /// Webhooks answered 202.
    pub acknowledged: usize,
    /// How many runs the killed node held, and how long it took until all of them had ended.
    pub killed: (usize, Duration),
    /// The same of the frozen one.
    pub frozen: (usize, Duration),
    /// Rows of the ledger.
    pub effects: usize,
    /// Of them with a doubtful attempt.
    pub doubtful: usize,
    /// Arrivals beyond the first, each with a doubt.
    pub duplicates: usize,
    /// Write calls that ended `unknown`.
    pub unknown: usize,
    /// Everything that must not be.
    pub wrong: Vec<String>,
}

/// Sends, kills, freezes, compares.
///
/// # Errors
/// Where the check itself cannot be done; of the kind `NotFound` where Postgres is not installed.
pub async fn check_takeovers(plan: &TakeoverPlan) -> anyhow::Result<TakeoverReport> {
    let ground = Ground::new(plan.binary.clone(), plan.lease, ANSWERS_AFTER).await?;
    let Nodes { first, mut second } = ground.start().await?;
    let api = ground.api(&first)?;
    let (to_first, to_second) = (ground.hook(&first)?, ground.hook(&second)?);
    let (tell, hooks) = watch::channel(to_second);
    let mut random = Random::new(plan.seed);
    let sender = Sender::start(ground.http.clone(), hooks, plan.rate, random.next());
    let mut report = TakeoverReport::default();

    sleep(WORK).await;
    second.kill()?;
    tell.send_replace(to_first.clone());
    report.killed = taken_over(&api, Instant::now(), plan.lease).await?;

    second = ground.recipe(1).start(&ground.http).await?;
    let to_second = ground.hook(&second)?;
    tell.send_replace(to_second.clone());
    sleep(WORK).await;
    second.freeze()?;
    let frozen_at = Instant::now();
    tell.send_replace(to_first);
    report.frozen = taken_over(&api, frozen_at, plan.lease).await?;
    sleep(plan.frozen.saturating_sub(frozen_at.elapsed())).await;
    second.thaw()?;
    tell.send_replace(to_second);
    sleep(WORK).await;

    let sent = sender.stop().await;
    report.sent = sent.len();
    let acknowledged = |fate: &Fate| matches!(fate, Fate::Acknowledged(_));
    report.acknowledged = sent.iter().filter(|sent| acknowledged(&sent.fate)).count();
    let closed = ground.close(Nodes { first, second }, &sent).await?;
    report.look_at(closed, plan);
    Ok(report)
}

/// Waits until the runs that were in hand at the death of a node have ended. Says how many of them were that node's, and how
/// long it took.
async fn taken_over(
    api: &Api,
    died: Instant,
    lease: Duration,
) -> anyhow::Result<(usize, Duration)> {
    let mut left = running(api).await?;
    let mut were_its_own = 0;
    loop {
        let unfinished = unfinished(api).await?;
        left.retain(|run| unfinished.contains(run));
        let took = died.elapsed();
        if left.is_empty() {
            return Ok((were_its_own, took));
        }
        if took > THE_LIVING_ARE_DONE {
            were_its_own = were_its_own.max(left.len());
        }
        ensure!(
            took < lease + PATIENCE,
            "{} runs were not taken over",
            left.len()
        );
        sleep(STEP).await;
    }
}

async fn running(api: &Api) -> anyhow::Result<HashSet<String>> {
    let rows = api.all("/api/v1/runs?state=running").await?;
    Ok(rows.iter().filter_map(id).collect())
}

async fn unfinished(api: &Api) -> anyhow::Result<HashSet<String>> {
    let mut all = running(api).await?;
    let ready = api.all("/api/v1/runs?state=ready").await?;
    all.extend(ready.iter().filter_map(id));
    Ok(all)
}

fn id(row: &serde_json::Value) -> Option<String> {
    row["id"].as_str().map(str::to_owned)
}

impl TakeoverReport {
    fn look_at(&mut self, closed: Closed, plan: &TakeoverPlan) {
        let noticed = plan.lease.max(STANDSTILL) + plan.lease / 3;
        let promised = noticed + A_MOMENT + plan.slack;
        self.wrong = closed.verdict.wrong;
        for (what, (held, took)) in [("killed", self.killed), ("frozen", self.frozen)] {
            if held == 0 {
                let wrong = format!("the {what} node held nothing: this shows nothing");
                self.wrong.push(wrong);
            }
            if took > promised {
                let wrong = format!("what the {what} node held was done only after {took:.1?}");
                self.wrong.push(wrong);
            }
        }
        // Once, and once more for each of the two takeovers.
        if closed.most_often > 3 {
            let wrong = format!("something arrived {} times", closed.most_often);
            self.wrong.push(wrong);
        }
        self.effects = closed.books.effects.len();
        self.doubtful = closed.verdict.doubtful;
        self.duplicates = closed.verdict.duplicates;
        self.unknown = closed.verdict.unknown;
    }
}

impl fmt::Display for TakeoverReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "webhooks      {} sent: {} acknowledged",
            self.sent, self.acknowledged
        )?;
        for (what, (held, took)) in [("killed", self.killed), ("frozen", self.frozen)] {
            writeln!(
                f,
                "{what}        {held} runs in hand, all ended after {took:.1?}"
            )?;
        }
        writeln!(
            f,
            "effects       {}: {} with a doubtful attempt, {} arrived again, {} calls ended unknown",
            self.effects, self.doubtful, self.duplicates, self.unknown
        )?;
        write_wrong(f, &self.wrong)
    }
}
