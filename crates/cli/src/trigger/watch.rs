//! Watches the runs of an event: what they do is told as it is journaled.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::follow::{Followed, look};
use super::report;
use super::views::Run;
use crate::client::ApiClient;
use crate::output::{self, Colour};

/// How often to look.
const EVERY: Duration = Duration::from_millis(100);

/// What was told of a run.
#[derive(Default)]
struct Told {
    state: String,
    reason: Option<String>,
    /// The steps, and whether they were answered.
    steps: BTreeMap<String, bool>,
    logs: usize,
    /// The effects, and how they stood.
    effects: BTreeSet<(String, String)>,
}

/// Tells what the runs of the event do until all have ended and their effects are tried, or for `timeout`.
pub(crate) async fn watch(
    client: &ApiClient,
    id: &str,
    timeout: Option<Duration>,
    colour: Colour,
) -> anyhow::Result<Followed> {
    let deadline = timeout.map(|timeout| Instant::now() + timeout);
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    output::line(format!("event {id}"));
    loop {
        let followed = look(client, id).await?;
        for run in &followed.runs {
            let before = told.entry(run.id.clone()).or_default();
            let text = news(run, before, client, colour).await;
            output::text(&text);
        }
        let ended = followed.runs.iter().all(Run::has_ended);
        let tried = !followed.runs.iter().any(Run::has_untried_effects);
        let over = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if (ended && tried) || over {
            if followed.runs.is_empty() {
                let event_type = followed.event.wire_type.as_deref().unwrap_or("it");
                output::line(format!("no enabled rule is for {event_type}"));
            }
            return Ok(Followed {
                cut_short: !ended,
                ..followed
            });
        }
        sleep(EVERY).await;
    }
}

/// What is new about a run.
async fn news(run: &Run, told: &mut Told, client: &ApiClient, colour: Colour) -> String {
    let mut text = String::new();
    let steps: Vec<_> = run
        .steps
        .iter()
        .filter(|step| {
            let answered = step.ended_at.is_some();
            told.steps.insert(step.path.clone(), answered) != Some(answered)
        })
        .cloned()
        .collect();
    let logs = run.logs.get(told.logs..).unwrap_or_default();
    let effects: Vec<_> = run
        .effects
        .iter()
        .filter(|effect| {
            told.effects
                .insert((effect.id.clone(), effect.state.clone()))
        })
        .cloned()
        .collect();
    let changed = told.state != run.state || told.reason != run.reason;
    if changed {
        report::head(&mut text, run, colour);
    }
    report::steps(&mut text, &steps, colour);
    report::logs(&mut text, logs, colour);
    report::effects(&mut text, &effects, client, colour).await;
    told.logs = run.logs.len();
    told.state.clone_from(&run.state);
    told.reason.clone_from(&run.reason);
    text
}
