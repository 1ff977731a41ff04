//! Postgres stops at once under load, again and again, and the last time for longer. Webhooks are put off meanwhile, and when
//! it is back the work goes on by itself.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cuebook_store::StoreSettings;
use tokio::sync::watch;
use tokio::time::sleep;

use super::ground::{Ground, Nodes};
use crate::random::Random;
use crate::sender::{Fate, Sender, Sent};
use crate::server::{Server, is_ready};

/// It works for at least and at most so many milliseconds between two outages.
const WORKS: (u64, u64) = (300, 2_500);
/// How long it is away, all times but the last.
const AWAY: (u64, u64) = (100, 3_000);
/// Within so long a webhook has to be put off.
const PUT_OFF: Duration = Duration::from_secs(5);
/// Within so long of its being back Cuebook has to be ready.
const READY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_mins(1);

/// What is to be done.
#[derive(Debug, Clone)]
pub struct OutagePlan {
    /// The binary `cuebook`.
    pub binary: PathBuf,
    /// How often Postgres is stopped.
    pub outages: u32,
    /// How long it is away the last time.
    pub longest: Duration,
    /// Webhooks a second.
    pub rate: u32,
    /// Makes the moments the same again.
    pub seed: u64,
    /// How much slower than promised this machine may be.
    pub slack: Duration,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct OutageReport {
    /// How often Postgres was stopped.
    pub outages: u32,
    /// How long it was away in all.
    pub away: Duration,
    /// Webhooks sent.
    pub sent: usize,
    /// Webhooks answered 202.
    pub acknowledged: usize,
    /// Webhooks answered 503.
    pub put_off: usize,
    /// Webhooks without an answer.
    pub unanswered: usize,
    /// How long a webhook waited at most until it was put off.
    pub slowest_put_off: Duration,
    /// Events stored of webhooks that were not acknowledged.
    pub stored_anyway: usize,
    /// From each time that Postgres took connections again to both nodes being ready, sorted.
    pub ready_after: Vec<Duration>,
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

/// Sends, stops and starts Postgres, compares.
///
/// # Errors
/// Where the check itself cannot be done; of the kind `NotFound` where Postgres is not installed.
pub async fn check_outages(plan: &OutagePlan) -> anyhow::Result<OutageReport> {
    let answers_after = Duration::from_millis(20);
    let mut ground = Ground::new(plan.binary.clone(), StoreSettings::LEASE, answers_after).await?;
    let nodes = ground.start().await?;
    let mut random = Random::new(plan.seed);
    let (_tell, hooks) = watch::channel(ground.hook(&nodes.first)?);
    let sender = Sender::start(ground.http.clone(), hooks, plan.rate, random.next());
    let mut report = OutageReport {
        outages: plan.outages,
        ..OutageReport::default()
    };
    for outage in 1..=plan.outages {
        sleep(Duration::from_millis(random.between(WORKS.0, WORKS.1))).await;
        ground.postgres.stop_at_once()?;
        let away = if outage == plan.outages {
            plan.longest
        } else {
            Duration::from_millis(random.between(AWAY.0, AWAY.1))
        };
        sleep(away).await;
        report.away += away;
        ground.postgres.start_again()?;
        ground.postgres.wait_until_it_answers()?;
        report.ready_after.push(ready(&ground, &nodes).await?);
    }
    sleep(Duration::from_millis(WORKS.1)).await;
    let sent = sender.stop().await;
    let closed = ground.close(nodes, &sent).await?;
    report.wrong = closed.verdict.wrong;
    report.stored_anyway = closed.verdict.stored_unanswered;
    report.doubtful = closed.verdict.doubtful;
    report.duplicates = closed.verdict.duplicates;
    report.unknown = closed.verdict.unknown;
    report.effects = closed.books.effects.len();
    report.look_at(&sent, plan.slack);
    report.ready_after.sort_unstable();
    Ok(report)
}

/// Waits until both nodes are ready. Says after how long.
async fn ready(ground: &Ground, nodes: &Nodes) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let is_it = async |node: &Server| is_ready(&ground.http, &node.url).await;
    while !(is_it(&nodes.first).await && is_it(&nodes.second).await) {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "not ready after {PATIENCE:?}");
        sleep(Duration::from_millis(10)).await;
    }
    Ok(begun.elapsed())
}

impl OutageReport {
    fn look_at(&mut self, sent: &[Sent], slack: Duration) {
        self.sent = sent.len();
        for Sent { fate, took, .. } in sent {
            match fate {
                Fate::Acknowledged(_) => self.acknowledged += 1,
                Fate::Unanswered => {
                    self.unanswered += 1;
                    self.wrong.push(format!("no answer within {took:.1?}"));
                }
                Fate::Refused { status, says_when } => {
                    if *status != 503 || !says_when {
                        let wrong = format!("answered {status}, Retry-After: {says_when}");
                        self.wrong.push(wrong);
                    }
                    self.put_off += 1;
                    self.slowest_put_off = self.slowest_put_off.max(*took);
                }
            }
        }
        if self.slowest_put_off > PUT_OFF + slack {
            let wrong = format!("put off only after {:.1?}", self.slowest_put_off);
            self.wrong.push(wrong);
        }
        let late = self.ready_after.iter().filter(|it| **it > READY + slack);
        let late: Vec<String> = late
            .map(|it| format!("ready only after {it:.1?}"))
            .collect();
        self.wrong.extend(late);
    }
}

impl fmt::Display for OutageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let middle = self.ready_after.get(self.ready_after.len() / 2);
        writeln!(
            f,
            "outages       {}, {:.0?} in all",
            self.outages, self.away
        )?;
        writeln!(
            f,
            "webhooks      {} sent: {} acknowledged, {} put off ({:.1?} at most), {} unanswered; {} stored all the same",
            self.sent,
            self.acknowledged,
            self.put_off,
            self.slowest_put_off,
            self.unanswered,
            self.stored_anyway
        )?;
        writeln!(
            f,
            "effects       {}: {} with a doubtful attempt, {} arrived again, {} calls ended unknown",
            self.effects, self.doubtful, self.duplicates, self.unknown
        )?;
        writeln!(
            f,
            "ready after   {:.1?} in the middle, {:.1?} at most",
            middle.copied().unwrap_or_default(),
            self.ready_after.last().copied().unwrap_or_default()
        )?;
        write_wrong(f, &self.wrong)
    }
}

/// What is wrong, the first of it.
pub(super) fn write_wrong(f: &mut fmt::Formatter<'_>, wrong: &[String]) -> fmt::Result {
    if wrong.is_empty() {
        return write!(f, "all is well");
    }
    write!(f, "WRONG: {} things", wrong.len())?;
    for wrong in wrong.iter().take(50) {
        write!(f, "\n- {wrong}")?;
    }
    Ok(())
}
