//! What the server counts, and what it reads from the store when somebody looks.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The bounds of the histogram, in seconds.
const BOUNDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0,
];

/// The server's metrics.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    /// Open connections.
    pub(crate) connections: Gauge,
    /// Runs by state.
    pub(crate) runs: Family<StateLabels, Gauge>,
    /// Sends that are to be done.
    pub(crate) sends_pending: Gauge,
    /// Stored events.
    pub(crate) events: Gauge,
    /// Events that wait for Ticketpark's answer or for a person, by state.
    pub(crate) events_waiting: Family<StateLabels, Gauge>,
    /// The database's size.
    pub(crate) database_bytes: Gauge,
    /// Whether the last change of the rules was refused.
    pub(crate) rules_stale: Gauge,
    /// Pauses in force.
    pub(crate) paused: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: Route,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: Route,
}

/// A state as a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct StateLabels {
    /// The state's word.
    pub(crate) state: &'static str,
}

/// A route's pattern, shared and not copied.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Route(Arc<str>);

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        EncodeLabelValue::encode(&&*self.0, encoder)
    }
}

impl Metrics {
    /// Registers the server's metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            connections: Gauge::default(),
            runs: Family::default(),
            sends_pending: Gauge::default(),
            events: Gauge::default(),
            events_waiting: Family::default(),
            database_bytes: Gauge::default(),
            rules_stale: Gauge::default(),
            paused: Gauge::default(),
        };
        registry.register(
            "cuebook_http_requests",
            "Requests answered, by method, route and status",
            metrics.requests.clone(),
        );
        registry.register(
            "cuebook_http_request_seconds",
            "Seconds from a request's head to its answer, by route",
            metrics.seconds.clone(),
        );
        registry.register(
            "cuebook_http_connections",
            "Open connections",
            metrics.connections.clone(),
        );
        registry.register("cuebook_runs", "Runs by state", metrics.runs.clone());
        registry.register(
            "cuebook_sends_pending",
            "Sends that are to be done",
            metrics.sends_pending.clone(),
        );
        registry.register(
            "cuebook_events_stored",
            "Stored events",
            metrics.events.clone(),
        );
        registry.register(
            "cuebook_events_waiting",
            "Events that wait for Ticketpark's answer (confirming) or for a person (held)",
            metrics.events_waiting.clone(),
        );
        registry.register(
            "cuebook_database_bytes",
            "The size of the database in bytes",
            metrics.database_bytes.clone(),
        );
        registry.register(
            "cuebook_rules_stale",
            "1 while the rules in force are older than the folder, since its last change was refused",
            metrics.rules_stale.clone(),
        );
        registry.register(
            "cuebook_paused",
            "Pauses in force, of everything, of sends or of single rules; 0 while everything runs",
            metrics.paused.clone(),
        );
        metrics
    }

    /// A request was answered.
    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: Arc<str>,
        status: u16,
        took: Duration,
    ) {
        let route = Route(route);
        self.seconds
            .get_or_create(&RouteLabels {
                route: route.clone(),
            })
            .observe(took.as_secs_f64());
        self.requests
            .get_or_create(&RequestLabels {
                method,
                route,
                status,
            })
            .inc();
    }
}
