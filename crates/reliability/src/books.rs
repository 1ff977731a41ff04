//! What the API says at the end: every event with its bytes, and every row of the ledger.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value as Json;
use tokio::time::{Instant, sleep};

/// So many requests are under way at most.
const AT_ONCE: usize = 16;

/// Asks the API.
pub(crate) struct Api {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) key: String,
}

/// An event, as the API shows it.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) state: String,
    pub(crate) body: Vec<u8>,
    /// The states of its runs.
    pub(crate) runs: Vec<String>,
}

/// A row of the ledger, as the API shows it.
#[derive(Debug)]
pub(crate) struct Effect {
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) key: String,
    pub(crate) event: String,
    /// How many of its attempts have an outcome that nobody knows.
    pub(crate) doubts: usize,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) events: HashMap<String, Event>,
    pub(crate) effects: Vec<Effect>,
}

impl Api {
    /// Waits until no event and no effect is pending.
    pub(crate) async fn wait_until_settled(&self, patience: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + patience;
        loop {
            let events = self.get("/api/v1/events?state=pending&limit=1").await?;
            let effects = self.get("/api/v1/effects?state=pending&limit=1").await?;
            if is_empty(&events) && is_empty(&effects) {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("not settled after {patience:?}: {events} {effects}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Reads everything.
    pub(crate) async fn books(&self) -> anyhow::Result<Books> {
        let events = self.all("/api/v1/events").await?;
        let events = stream::iter(events)
            .map(async |event| {
                let id = text(&event["id"]);
                let raw = self.request(&format!("/api/v1/events/{id}/raw")).await?;
                let runs = event["runs"].as_array().map_or_else(Vec::new, |runs| {
                    runs.iter().map(|run| text(&run["state"])).collect()
                });
                let event = Event {
                    state: text(&event["state"]),
                    body: raw.bytes().await?.to_vec(),
                    runs,
                };
                anyhow::Ok((id, event))
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        let effects = self.all("/api/v1/effects").await?;
        let effects = effects.iter().map(effect).collect();
        Ok(Books { events, effects })
    }

    /// All rows of a list, page by page.
    pub(crate) async fn all(&self, path: &str) -> anyhow::Result<Vec<Json>> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let mut page = self.get(&format!("{path}{mark}limit=100{cursor}")).await?;
            if let Some(items) = page["items"].as_array_mut() {
                rows.append(items);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(rows),
            }
        }
    }

    async fn get(&self, path: &str) -> anyhow::Result<Json> {
        Ok(self.request(path).await?.json().await?)
    }

    async fn request(&self, path: &str) -> anyhow::Result<reqwest::Response> {
        let request = self.http.get(format!("{}{path}", self.url));
        let answer = request.bearer_auth(&self.key).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        answer.with_context(|| format!("cannot read {path}"))
    }
}

fn effect(row: &Json) -> Effect {
    let attempts = row["attempts"].as_array();
    let doubts = attempts.map_or(0, |attempts| {
        let doubtful = |attempt: &&Json| attempt["outcome"] == "unknown";
        attempts.iter().filter(doubtful).count()
    });
    Effect {
        kind: text(&row["kind"]),
        state: text(&row["state"]),
        key: text(&row["key"]),
        event: text(&row["event_id"]),
        doubts,
    }
}

fn is_empty(page: &Json) -> bool {
    page["items"].as_array().is_some_and(Vec::is_empty)
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}
