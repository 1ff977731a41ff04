//! What became of the rules' folder, in numbers.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

/// Counts loads of the rules' folder.
#[derive(Debug, Clone)]
pub(in crate::serve) struct ReloadMetrics {
    loads: Family<Labels, Counter>,
    valid: Gauge<f64, AtomicU64>,
}

impl ReloadMetrics {
    /// Puts the numbers into `registry`.
    pub(in crate::serve) fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            loads: Family::default(),
            valid: Gauge::default(),
        };
        registry.register(
            "cuebook_rules_loads",
            "Times that the folder of the rules was read, by outcome",
            metrics.loads.clone(),
        );
        registry.register(
            "cuebook_rules_valid",
            "1 if the folder of the rules is what runs, 0 if it has errors and an earlier set runs",
            metrics.valid.clone(),
        );
        metrics
    }

    /// The folder was read, and was valid or not.
    pub(super) fn loaded(&self, valid: bool) {
        let outcome = if valid { "valid" } else { "invalid" };
        self.loads.get_or_create(&Labels { outcome }).inc();
        self.valid.set(if valid { 1.0 } else { 0.0 });
    }
}
