//! Puts runs to sleep: a rule that sleeps until the moment that its event names, and the webhooks for it.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use anyhow::ensure;
use cuebook_core::Timestamp;
use cuebook_core::value::rfc3339;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::server::{Recipe, Server};

/// So many webhooks are under way at a time.
const AT_ONCE: usize = 256;
/// What each of them does.
const RULE: &str = "//! Sleeps until the moment that its event names.
let bed = uuid();
sleep_until(time::parse(event.payload.wake_at));
state::set(\"slept in\", bed);
";

/// Writes the rule into `folder`.
pub(super) fn write_rule(folder: &Path) -> io::Result<()> {
    let rules = folder.join("rules/bedtime");
    fs::create_dir_all(&rules)?;
    fs::write(rules.join("sleep.rhai"), RULE)
}

/// Where the webhooks go.
pub(super) struct Bedtime {
    http: reqwest::Client,
    hook: String,
}

impl Bedtime {
    /// The hook of `server`.
    pub(super) fn of(
        server: &Server,
        recipe: &Recipe,
        http: &reqwest::Client,
    ) -> anyhow::Result<Self> {
        let token = recipe.read("hook.token")?;
        Ok(Self {
            http: http.clone(),
            hook: format!("{}/hooks/ticketpark/{token}", server.url),
        })
    }

    /// One run for each number, each of a booking of its own, asleep until `until`.
    pub(super) async fn tuck_in(
        &self,
        numbers: Range<u64>,
        until: Timestamp,
    ) -> anyhow::Result<()> {
        let until = rfc3339(until);
        stream::iter(numbers)
            .map(|number| self.send(number, &until))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn send(&self, number: u64, until: &str) -> anyhow::Result<()> {
        let body = format!(
            r#"{{"type":"bedtime","payload":{{"booking_pid":"{number}","wake_at":"{until}"}}}}"#
        );
        let answer = self.http.post(&self.hook).body(body).send().await?;
        ensure!(
            answer.status() == 202,
            "a webhook was answered {}",
            answer.status()
        );
        Ok(())
    }
}
