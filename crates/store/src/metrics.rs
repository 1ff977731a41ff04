//! What the writer tells about itself.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The store's metrics.
#[derive(Clone)]
pub(crate) struct Metrics {
    commits: Counter,
    statements: Counter,
    group_size: Arc<Histogram>,
    commit_seconds: Arc<Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            commits: Counter::default(),
            statements: Counter::default(),
            group_size: Arc::new(Histogram::new(exponential_buckets(1.0, 2.0, 10))),
            commit_seconds: Arc::new(Histogram::new(exponential_buckets(0.000_25, 2.0, 16))),
        }
    }
}

impl Metrics {
    /// Notes a committed group.
    pub(crate) fn committed(&self, requests: usize, took: Duration) {
        self.commits.inc();
        self.group_size
            .observe(f64::from(u32::try_from(requests).unwrap_or(u32::MAX)));
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// Notes a statement of the writer's.
    pub(crate) fn stated(&self) {
        self.statements.inc();
    }

    /// How many transactions the writer has committed.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.get()
    }

    /// Puts them into `registry`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "cuebook_store_commits",
            "Transactions committed by the writer",
            self.commits.clone(),
        );
        registry.register(
            "cuebook_store_statements",
            "Statements of the writer, each for as many rows as there were",
            self.statements.clone(),
        );
        registry.register(
            "cuebook_store_group_size",
            "Requests that shared a commit",
            Histogram::clone(&self.group_size),
        );
        registry.register_with_unit(
            "cuebook_store_commit",
            "Time that a commit took, with its statements",
            Unit::Seconds,
            Histogram::clone(&self.commit_seconds),
        );
    }
}
