//! Follows an injected event until its runs have ended or wait.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use super::views::{Accepted, Event, Run};
use crate::client::ApiClient;

const FIRST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// What came of the event.
pub(crate) struct Followed {
    pub(super) event: Event,
    pub(super) runs: Vec<Run>,
    /// The event as the API answered it, for `--json`.
    pub(super) raw_event: Json,
    /// The runs as the API answered them.
    pub(super) raw: Vec<Json>,
    /// Whether the time was over before all runs had come to rest.
    pub(crate) cut_short: bool,
}

impl Followed {
    /// Whether a run failed or is blocked.
    pub(crate) fn went_wrong(&self) -> bool {
        self.runs.iter().any(Run::went_wrong)
    }

    /// The rules that ran, and how their runs stand.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&str, &str)> {
        self.runs
            .iter()
            .map(|run| (run.rule.as_str(), run.state.as_str()))
    }
}

/// Injects an event; gives its id.
pub(crate) async fn inject(
    client: &ApiClient,
    event_type: &str,
    payload: &Json,
    perform: bool,
) -> anyhow::Result<String> {
    let body = json!({"type": event_type, "payload": payload, "perform": perform});
    let accepted: Accepted = client.post("events", &body).await?;
    Ok(accepted.id)
}

/// Looks at an event until its runs are at rest and their effects tried, for `timeout` at most.
pub(crate) async fn follow(
    client: &ApiClient,
    id: &str,
    timeout: Duration,
) -> anyhow::Result<Followed> {
    let deadline = Instant::now() + timeout;
    let mut pause = FIRST_LOOK;
    loop {
        let followed = look(client, id).await?;
        let at_rest = followed.runs.iter().all(Run::is_at_rest);
        let tried = !followed.runs.iter().any(Run::has_untried_effects);
        let over = Instant::now() >= deadline;
        if (at_rest && tried) || over {
            return Ok(Followed {
                cut_short: !at_rest,
                ..followed
            });
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

pub(super) async fn look(client: &ApiClient, id: &str) -> anyhow::Result<Followed> {
    let raw_event: Json = client.get(&format!("events/{id}")).await?;
    let event: Event = serde_json::from_value(raw_event.clone())?;
    let (mut runs, mut raw) = (Vec::new(), Vec::new());
    for brief in &event.runs {
        let json: Json = client.get(&format!("runs/{}", brief.id)).await?;
        runs.push(serde_json::from_value(json.clone())?);
        raw.push(json);
    }
    Ok(Followed {
        event,
        runs,
        raw_event,
        raw,
        cut_short: false,
    })
}
