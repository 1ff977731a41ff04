//! `GET /metrics`: the shared registry as text for Prometheus, gauges read from the store at most every few
//! seconds.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::event::EventState;
use cuebook_core::run::RunState;
use cuebook_store::{Counts, Stopped, Store};
use poem::{Endpoint, Request, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::admission::Admission;
use crate::metrics::{Metrics, StateLabels};
use crate::problem::{Code, Problem};
use crate::rule_problems::RuleProblems;

/// How long the database may take to count.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long what the database counted is good.
const FRESH: Duration = Duration::from_secs(5);

/// Shows the numbers.
pub(crate) struct Numbers {
    /// What is shown.
    pub(crate) registry: Arc<Registry>,
    /// The gauges to set before.
    pub(crate) metrics: Metrics,
    /// Who counts.
    pub(crate) store: Store,
    /// Who is connected.
    pub(crate) admission: Arc<Admission>,
    /// Whether the rules are stale.
    pub(crate) problems: Arc<RuleProblems>,
    /// When the database last counted.
    pub(crate) counted: Mutex<Option<Instant>>,
}

impl Endpoint for Numbers {
    type Output = Response;

    async fn call(&self, _request: Request) -> poem::Result<Response> {
        let metrics = &self.metrics;
        metrics
            .connections
            .set(gauge(self.admission.taken() as u64));
        metrics
            .rules_stale
            .set(i64::from(self.problems.load().is_some()));
        self.count().await;
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|_| {
            Problem::new(Code::Internal, "the numbers cannot be written").into_error()
        })?;
        Ok(Response::builder()
            .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
            .body(text))
    }
}

impl Numbers {
    /// Has the database count, if it has not done so just now: anybody may ask, and to count is to read much.
    async fn count(&self) {
        let mut counted = self.counted.lock().await;
        if counted.is_some_and(|at| at.elapsed() < FRESH) {
            return;
        }
        // Without a database the other numbers are all the more interesting.
        if let Ok(Ok(counts)) = tokio::time::timeout(PATIENCE, self.store.counts()).await {
            self.show(&counts);
        }
        let unsettled = self.store.unsettled_events();
        if let Ok(Ok(unsettled)) = tokio::time::timeout(PATIENCE, unsettled).await {
            for (state, number) in [
                (EventState::Confirming, unsettled.confirming),
                (EventState::Held, unsettled.held),
            ] {
                let state = state.as_str();
                let waiting = &self.metrics.events_waiting;
                let gauged = waiting.get_or_create(&StateLabels { state });
                gauged.set(gauge(number));
            }
        }
        if let Ok(Ok(stops)) = tokio::time::timeout(PATIENCE, self.store.stops()).await {
            let paused = stops
                .iter()
                .filter(|stop| stop.what != Stopped::NewRuns)
                .count();
            self.metrics.paused.set(gauge(paused as u64));
        }
        *counted = Some(Instant::now());
    }

    fn show(&self, counts: &Counts) {
        for state in RunState::ALL {
            let labels = StateLabels {
                state: state.as_str(),
            };
            let runs = counts.runs.get(state).copied().unwrap_or(0);
            self.metrics.runs.get_or_create(&labels).set(gauge(runs));
        }
        self.metrics.sends_pending.set(gauge(counts.sends_pending));
        self.metrics.events.set(gauge(counts.events));
        self.metrics
            .database_bytes
            .set(gauge(counts.database_bytes));
    }
}

fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
