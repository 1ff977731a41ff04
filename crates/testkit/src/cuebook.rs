//! A whole Cuebook in a test.

use std::time::Duration;

use chrono::TimeDelta;
use cuebook_core::event::EventState;
use cuebook_core::run::RunState;
use cuebook_core::{EventId, Probe, RunId, Timestamp};
use cuebook_pretend::Pretend;
use cuebook_rules::{RuleFiles, RuleSet};
use cuebook_store::{EventView, RunView, Store};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use crate::assembly::{ADMIN_KEY, HOOK_TOKEN, Recipe, Running, activate};
use crate::builder::Builder;
use crate::waiting::{LONGEST, STEP};

/// How long an orderly end may take.
const GRACE: Duration = Duration::from_secs(10);

/// A Cuebook at work: receives webhooks, runs rules, performs effects, serves the admin API.
pub struct Cuebook {
    recipe: Recipe,
    running: Running,
    http: reqwest::Client,
}

/// An answer of Cuebook's HTTP side.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

impl Answered {
    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Cuebook {
    /// Says what it is to be like.
    pub fn builder() -> Builder {
        Builder::new()
    }

    #[expect(
        clippy::expect_used,
        reason = "a test without an HTTP client has failed"
    )]
    pub(crate) async fn start(recipe: Recipe) -> Self {
        let running = recipe.run().await;
        let http = cuebook_ticketpark::transport().expect("an HTTP client");
        Self {
            recipe,
            running,
            http,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.server.local_addr())
    }

    /// Where webhooks go.
    pub fn hook_url(&self) -> String {
        format!("{}/hooks/ticketpark/{HOOK_TOKEN}", self.url())
    }

    /// The key of the admin API, with every scope.
    pub fn admin_key(&self) -> &'static str {
        ADMIN_KEY
    }

    /// Its database.
    pub fn store(&self) -> &Store {
        &self.running.store
    }

    /// The URL of its database.
    pub fn database_url(&self) -> String {
        self.recipe.database_url()
    }

    /// What the pretend Ticketpark was asked for.
    pub fn asked_of_ticketpark(&self) -> Vec<String> {
        let requests = self
            .recipe
            .ticketpark
            .iter()
            .filter_map(|ticketpark| ticketpark.server.as_ref())
            .flat_map(Pretend::requests);
        requests
            .map(|request| format!("{} {}", request.method, request.path_and_query))
            .collect()
    }

    /// Sends `body` as a webhook.
    pub async fn post_hook(&self, body: impl Into<Vec<u8>>) -> Answered {
        let request = self
            .http
            .post(self.hook_url())
            .header("content-type", "application/json")
            .body(body.into());
        exchange(request).await
    }

    /// Sends a webhook of `event_type` that must be accepted.
    ///
    /// # Panics
    /// When it is not.
    #[expect(
        clippy::expect_used,
        reason = "a test whose webhook is refused has failed"
    )]
    pub async fn hook(&self, event_type: &str, payload: Json) -> EventId {
        let body = json!({ "type": event_type, "payload": payload }).to_string();
        let answered = self.post_hook(body).await;
        assert_eq!(answered.status, 202, "{}", answered.text());
        let id = answered.json()["id"].as_str().map(str::to_owned);
        id.and_then(|id| id.parse().ok()).expect("an event's id")
    }

    /// Asks the admin API for what is at `path`, such as `/api/v1/runs`.
    pub async fn get(&self, path: &str) -> Answered {
        let request = self.http.get(format!("{}{path}", self.url()));
        exchange(request.bearer_auth(ADMIN_KEY)).await
    }

    /// Sends `body` to the admin API.
    pub async fn post(&self, path: &str, body: &Json) -> Answered {
        let request = self.http.post(format!("{}{path}", self.url()));
        exchange(request.bearer_auth(ADMIN_KEY).json(body)).await
    }

    /// The number behind a line of `/metrics`, given with its labels.
    pub async fn metric(&self, line: &str) -> Option<f64> {
        let text = self.get("/metrics").await.text();
        text.lines()
            .filter_map(|found| found.rsplit_once(' '))
            .find(|(name, _)| *name == line)
            .and_then(|(_, value)| value.parse().ok())
    }

    /// Waits until all runs of an event have ended or wait.
    pub async fn wait_until_processed(&self, event: EventId) -> EventView {
        self.wait_for_event(event, "to be processed", |view| {
            view.state != EventState::Pending
        })
        .await
    }

    /// Waits until all runs of an event have ended.
    pub async fn wait_until_ended(&self, event: EventId) -> EventView {
        self.wait_for_event(event, "to have only ended runs", |view| {
            view.runs.iter().all(|run| run.state.has_ended())
        })
        .await
    }

    /// Waits until the only run of an event is in `state`, and shows it.
    pub async fn wait_for_run(&self, event: EventId, state: RunState) -> RunView {
        let what = format!("its run to be {state}");
        let view = self
            .wait_for_event(event, &what, |view| {
                view.runs.first().is_some_and(|run| run.state == state)
            })
            .await;
        self.only_run(&view).await
    }

    /// Waits until the only run of an event has ended, and shows it.
    pub async fn ended_run(&self, event: EventId) -> RunView {
        let view = self.wait_until_ended(event).await;
        self.only_run(&view).await
    }

    /// Shows a run.
    ///
    /// # Panics
    /// When there is none.
    #[expect(clippy::expect_used, reason = "a test whose run is gone has failed")]
    pub async fn run(&self, id: RunId) -> RunView {
        let run = self.store().show_run(id).await;
        run.expect("runs are readable")
            .expect("there is such a run")
    }

    /// Puts another set of rules in force, as a changed folder would.
    pub async fn change_rules(&mut self, change: impl FnOnce(&mut RuleFiles)) {
        change(&mut self.recipe.rules);
        let Running {
            store,
            engine,
            rules,
            ..
        } = &self.running;
        activate(store, engine, rules, &self.recipe.rules).await;
    }

    /// Forgets the rules in force, as a node has them that does not know yet what another one has deployed.
    pub fn lag_behind(&self) {
        self.running.rules.swap(RuleSet::empty());
    }

    /// What its clock shows.
    pub fn now(&self) -> Timestamp {
        self.recipe.clock.now()
    }

    /// Moves the manual clock.
    ///
    /// # Panics
    /// When it has the machine's clock.
    pub fn advance(&self, by: TimeDelta) {
        self.recipe.advance(by);
        self.store().wakes().timers.notify_one();
        self.store().wakes().sends.notify_one();
    }

    /// Ends it in good order and starts it again on the same data, and tells `probe` of what it does from now on.
    #[must_use]
    pub async fn restart_probed(mut self, probe: Probe) -> Self {
        self.recipe.probe = probe;
        self.restart().await
    }

    /// Ends it in good order and starts it again on the same data.
    #[must_use]
    pub async fn restart(self) -> Self {
        let Self {
            recipe,
            running,
            http,
        } = self;
        let Running {
            store,
            worker,
            server,
            ..
        } = running;
        server.stop(GRACE).await;
        worker.stop(GRACE).await;
        store.close().await;
        drop(store);
        let running = recipe.run().await;
        Self {
            recipe,
            running,
            http,
        }
    }

    /// Ends it without any order, as far as that can be done within a process: nothing in hand is finished or given back.
    pub async fn kill(self) -> Killed {
        let Self {
            recipe,
            running,
            http,
        } = self;
        running.worker.abandon().await;
        running.server.stop(Duration::ZERO).await;
        Killed { recipe, http }
    }
}

/// What is left of a killed Cuebook: its data.
pub struct Killed {
    recipe: Recipe,
    http: reqwest::Client,
}

impl Killed {
    /// Moves the manual clock.
    pub fn advance(&self, by: TimeDelta) {
        self.recipe.advance(by);
    }

    /// Has something done to the data, as another process could.
    pub async fn with_store<F: Future<Output = ()>>(&self, work: impl FnOnce(Store) -> F) {
        let store = self.recipe.open_store().await;
        work(store.clone()).await;
        store.close().await;
    }

    /// Starts it again on the same data, and tells `probe` of what it does from now on.
    pub async fn reopen_probed(mut self, probe: Probe) -> Cuebook {
        self.recipe.probe = probe;
        self.reopen().await
    }

    /// Starts it again on the same data.
    pub async fn reopen(self) -> Cuebook {
        let Self { recipe, http } = self;
        let running = recipe.run().await;
        Cuebook {
            recipe,
            running,
            http,
        }
    }
}

impl Cuebook {
    async fn wait_for_event(
        &self,
        event: EventId,
        what: &str,
        is_it: impl Fn(&EventView) -> bool,
    ) -> EventView {
        let end = Instant::now() + LONGEST;
        loop {
            let view = self.store().show_event(event).await;
            let last = match view {
                Ok(Some(view)) if is_it(&view) => return view,
                last => last.map(|view| view.map(|view| view.runs)),
            };
            assert!(
                Instant::now() < end,
                "waited in vain for event {event} {what}; its runs: {last:#?}"
            );
            sleep(STEP).await;
        }
    }

    async fn only_run(&self, view: &EventView) -> RunView {
        let [run] = &view.runs[..] else {
            panic!("one run, not {:?}", view.runs)
        };
        self.run(run.id).await
    }
}

#[expect(
    clippy::expect_used,
    reason = "a test whose Cuebook does not answer has failed"
)]
async fn exchange(request: reqwest::RequestBuilder) -> Answered {
    let response = request.send().await.expect("Cuebook answers");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("Cuebook answers whole");
    Answered {
        status,
        body: body.to_vec(),
    }
}
