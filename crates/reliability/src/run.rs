//! A whole check, in its order.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cuebook_testkit::{HttpPeer, SmtpPeer};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::books::Api;
use crate::closing;
use crate::load;
use crate::plan::Plan;
use crate::random::Random;
use crate::report::Report;
use crate::sender::{Fate, Sender, Sent};
use crate::server::{Recipe, Server};
use crate::verdict::judge;

/// It has to be ready again within this time.
const READY: Duration = Duration::from_secs(5);
/// A process lives at least and at most so many milliseconds before it is killed.
const LIFE: (u64, u64) = (50, 1500);
/// What is left to do at the end must be done in this time, and in some more for each event.
const SETTLE: Duration = Duration::from_mins(3);

/// Starts Cuebook, sends, kills, compares.
///
/// # Errors
/// Where the check itself cannot be done. What is wrong with Cuebook stands in the report.
pub async fn check(plan: &Plan) -> anyhow::Result<Report> {
    let folder = TempDir::new()?;
    let sink = HttpPeer::welcoming().await?;
    let mailbox = SmtpPeer::start().await?;
    load::write_rule(folder.path(), &sink.url(""))?;
    let recipe = Recipe {
        binary: plan.binary.clone(),
        folder: folder.path().to_owned(),
        smtp: mailbox.url(),
        environment: Vec::new(),
    };
    let http = cuebook_ticketpark::transport()?;
    let begun = Instant::now();
    let (server, mut ready_after, sent) = under_load(plan, &recipe, &http).await?;
    let lasted = begun.elapsed();

    let api = Api {
        http,
        url: server.url.clone(),
        key: recipe.read("admin.key")?,
    };
    let some_more = Duration::from_millis(20) * u32::try_from(sent.len())?;
    api.wait_until_settled(SETTLE + some_more).await?;
    let books = api.books().await?;
    let status = server.terminate().await?;
    let mut verdict = judge(&sent, &books, closing::arrived(&sink, &mailbox));
    if !status.success() {
        verdict
            .wrong
            .push(format!("it ended with {status} after SIGTERM"));
    }
    let database = format!("sqlite://{}", recipe.data("cuebook.db").display());
    let complaints = closing::complaints(&recipe, database).await?;
    verdict.wrong.extend(complaints);
    ready_after.sort_unstable();
    let late = ready_after.iter().filter(|after| **after > READY);
    let late = late.map(|after| format!("it was ready only after {after:?}"));
    verdict.wrong.extend(late);

    let count = |is_it: fn(&Fate) -> bool| sent.iter().filter(|sent| is_it(&sent.fate)).count();
    Ok(Report {
        seed: plan.seed,
        kills: plan.kills,
        lasted,
        sent: sent.len(),
        acknowledged: count(|fate| matches!(fate, Fate::Acknowledged(_))),
        unanswered: count(|fate| matches!(fate, Fate::Unanswered)),
        refused: count(|fate| matches!(fate, Fate::Refused { .. })),
        stored_unanswered: verdict.stored_unanswered,
        effects: books.effects.len(),
        doubtful: verdict.doubtful,
        unknown: verdict.unknown,
        duplicates: verdict.duplicates,
        ready_after,
        wrong: verdict.wrong,
    })
}

/// Sends and kills. Gives the last process, the time each start took, and what was sent.
async fn under_load(
    plan: &Plan,
    recipe: &Recipe,
    http: &reqwest::Client,
) -> anyhow::Result<(Server, Vec<Duration>, Vec<Sent>)> {
    let mut random = Random::new(plan.seed);
    let mut server = recipe.start(http).await?;
    let token = recipe.read("hook.token")?;
    let mut ready_after = vec![server.ready_after];
    let hook = |server: &Server| Some(format!("{}/hooks/ticketpark/{token}", server.url));
    let (tell, hooks) = watch::channel(hook(&server));
    let sender = Sender::start(http.clone(), hooks, plan.rate, random.next());
    for kill in 1..=plan.kills {
        sleep(Duration::from_millis(random.between(LIFE.0, LIFE.1))).await;
        server
            .kill()
            .with_context(|| format!("before kill {kill}"))?;
        server = recipe
            .start(http)
            .await
            .with_context(|| format!("after kill {kill}"))?;
        ready_after.push(server.ready_after);
        tell.send_replace(hook(&server));
    }
    let sent = sender.stop().await;
    if sent.is_empty() {
        bail!("nothing was sent");
    }
    Ok((server, ready_after, sent))
}
