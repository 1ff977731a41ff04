//! What the loops have done, in numbers. Labels are rules, functions and words of ours: never an address or an id.

use std::time::Duration;

use cuebook_core::effect::AttemptOutcome;
use cuebook_core::endpoint::EndpointState;
use cuebook_core::rule::RuleName;
use cuebook_core::run::RunState;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::asked::Asked;

/// The upper bounds of what takes milliseconds to seconds.
const SECONDS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    rule: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SendLabels {
    kind: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EndpointLabels {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    function: String,
}

/// The numbers of the loops.
pub struct Metrics {
    runs: Family<RunLabels, Counter>,
    passes: Counter,
    script_seconds: Histogram,
    event_to_run_end: Histogram,
    sends: Family<SendLabels, Counter>,
    call_seconds: Family<CallLabels, Histogram>,
    endpoints_turned: Family<EndpointLabels, Counter>,
    pub(crate) asked: Asked,
}

impl Metrics {
    /// Puts the numbers into `registry`.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            runs: Family::default(),
            passes: Counter::default(),
            script_seconds: Histogram::new(SECONDS),
            event_to_run_end: Histogram::new(SECONDS),
            sends: Family::default(),
            call_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            endpoints_turned: Family::default(),
            asked: Asked::register(registry),
        };
        registry.register(
            "cuebook_runs_ended",
            "Runs that came to an end, by rule and state",
            metrics.runs.clone(),
        );
        registry.register(
            "cuebook_passes",
            "Passes of scripts from the top",
            metrics.passes.clone(),
        );
        registry.register_with_unit(
            "cuebook_script",
            "How long one pass of a script took",
            Unit::Seconds,
            metrics.script_seconds.clone(),
        );
        registry.register_with_unit(
            "cuebook_event_to_run_end",
            "From the acceptance of an event to the end of a run of it",
            Unit::Seconds,
            metrics.event_to_run_end.clone(),
        );
        registry.register(
            "cuebook_sends",
            "Attempts at sends, by kind and outcome",
            metrics.sends.clone(),
        );
        registry.register_with_unit(
            "cuebook_call",
            "How long one attempt at a call took, by function",
            Unit::Seconds,
            metrics.call_seconds.clone(),
        );
        registry.register(
            "cuebook_endpoints_turned",
            "Endpoints that were paused or disabled because of how they answered",
            metrics.endpoints_turned.clone(),
        );
        metrics
    }

    /// An endpoint is in this state because of how it answered.
    pub(crate) fn endpoint_turned(&self, state: EndpointState) {
        let labels = EndpointLabels {
            state: state.as_str(),
        };
        self.endpoints_turned.get_or_create(&labels).inc();
    }

    pub(crate) fn run_ended(&self, rule: &RuleName, state: RunState, since_event: Duration) {
        let labels = RunLabels {
            rule: rule.to_string(),
            state: state.as_str(),
        };
        self.runs.get_or_create(&labels).inc();
        self.event_to_run_end.observe(since_event.as_secs_f64());
    }

    pub(crate) fn passed(&self, took: Duration) {
        self.passes.inc();
        self.script_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn send_attempted(&self, kind: &str, outcome: AttemptOutcome) {
        let labels = SendLabels {
            kind: kind.to_owned(),
            outcome: outcome.as_str(),
        };
        self.sends.get_or_create(&labels).inc();
    }

    pub(crate) fn call_attempted(&self, function: &str, took: Duration) {
        let labels = CallLabels {
            function: function.to_owned(),
        };
        self.call_seconds
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_appear_under_their_names() {
        let mut registry = Registry::default();
        let metrics = Metrics::register(&mut registry);
        let rule: RuleName = "new-booking/thanks".parse().unwrap();
        metrics.run_ended(&rule, RunState::Completed, Duration::from_millis(7));
        metrics.passed(Duration::from_millis(1));
        metrics.send_attempted("email::send", AttemptOutcome::Done);
        metrics.call_attempted("http::get", Duration::from_millis(20));
        metrics.endpoint_turned(EndpointState::Paused);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"cuebook_runs_ended_total{rule="new-booking/thanks",state="completed"} 1"#,
            "cuebook_passes_total 1",
            "cuebook_script_seconds_count 1",
            "cuebook_event_to_run_end_seconds_count 1",
            r#"cuebook_event_to_run_end_seconds_bucket{le="0.005"} 0"#,
            r#"cuebook_event_to_run_end_seconds_bucket{le="0.01"} 1"#,
            r#"cuebook_sends_total{kind="email::send",outcome="done"} 1"#,
            r#"cuebook_call_seconds_count{function="http::get"} 1"#,
            r#"cuebook_endpoints_turned_total{state="paused"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
