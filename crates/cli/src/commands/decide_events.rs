//! `cuebook events approve` and `cuebook events discard`: decisions about events that wait.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::exit::Failure;
use crate::remote::{Remote, path_part};

/// How many events are asked for at once.
const PAGE: &str = "100";

/// Which events are decided about, and why.
#[derive(Debug, Args)]
pub(super) struct Decision {
    /// The events' ids.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// All that are held.
    #[arg(long)]
    all: bool,
    /// Of all, only those that came this way: webhook or reconcile.
    #[arg(long, requires = "all")]
    origin: Option<String>,
    /// Of all, only those of this type.
    #[arg(long = "type", requires = "all", value_name = "TYPE")]
    event_type: Option<String>,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Decision {
    /// Carries the decision out, event by event, the oldest first.
    pub(super) async fn carry_out(&self, remote: &Remote, verb: &str) -> Result<(), Failure> {
        let ids = if self.all {
            self.held(remote).await?
        } else {
            self.ids.clone()
        };
        let body = match &self.reason {
            Some(reason) => json!({ "reason": reason }),
            None => json!({}),
        };
        let mut decided = Vec::with_capacity(ids.len());
        for id in ids {
            let path = format!("events/{}/{verb}", path_part(&id));
            decided.push(remote.post(&path, &body).await?);
        }
        let answer = json!({ "items": decided });
        remote.print(&answer, |answer| {
            let items = answer["items"].as_array().into_iter().flatten();
            let lines = items.map(|event| {
                let member = |name: &str| event[name].as_str().unwrap_or_default();
                format!("event {} is {}\n", member("id"), member("state"))
            });
            let text: String = lines.collect();
            if text.is_empty() {
                "no event is held\n".to_owned()
            } else {
                text
            }
        });
        Ok(())
    }

    /// The ids of the events that are held, the oldest first.
    async fn held(&self, remote: &Remote) -> Result<Vec<String>, Failure> {
        let mut query = vec![("state", "held".to_owned()), ("limit", PAGE.to_owned())];
        query.extend(self.origin.clone().map(|origin| ("origin", origin)));
        query.extend(self.event_type.clone().map(|name| ("type", name)));
        let mut ids = Vec::new();
        let mut cursor = None;
        loop {
            let mut query = query.clone();
            query.extend(cursor.take().map(|cursor: String| ("cursor", cursor)));
            let page = remote.get("events", &query).await?;
            let items = page["items"].as_array().into_iter().flatten();
            ids.extend(items.filter_map(|event| event["id"].as_str().map(str::to_owned)));
            match &page["next_cursor"] {
                Json::String(next) => cursor = Some(next.clone()),
                _ => break,
            }
        }
        ids.reverse();
        Ok(ids)
    }
}
