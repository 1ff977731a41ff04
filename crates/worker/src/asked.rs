//! What was asked of Ticketpark by Cuebook itself, in numbers.

use cuebook_core::event::Trust;
use cuebook_store::{Inquiry, PageKept, ReconciliationEnd};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

type Counted = Family<OutcomeLabels, Counter>;

/// The numbers of confirmations and reconciliations.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    confirmations: Counted,
    reconciliations: Counted,
    changes: Counted,
}

impl Asked {
    /// Puts the numbers into `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let asked = Self::default();
        registry.register(
            "cuebook_confirmations",
            "Questions to Ticketpark about events that have to be confirmed, by outcome",
            asked.confirmations.clone(),
        );
        registry.register(
            "cuebook_reconciliations",
            "Looks for what never came, by how they ended",
            asked.reconciliations.clone(),
        );
        registry.register(
            "cuebook_reconciled_changes",
            "Changes in Ticketpark that were looked at, by what was done about them",
            asked.changes.clone(),
        );
        asked
    }

    /// Ticketpark was asked about an event.
    pub(crate) fn inquired(&self, inquiry: &Inquiry, trust: Trust) {
        let outcome = match inquiry {
            Inquiry::Believed(_) => trust.as_str(),
            Inquiry::Refused(_) => "rejected",
            Inquiry::Later(..) => "unanswered",
        };
        count(&self.confirmations, outcome, 1);
    }

    /// A look has ended.
    pub(crate) fn ended(&self, end: &ReconciliationEnd) {
        let outcome = match end {
            ReconciliationEnd::Completed => "completed",
            ReconciliationEnd::Failed(_) => "failed",
        };
        count(&self.reconciliations, outcome, 1);
    }

    /// A page of changed records was kept.
    pub(crate) fn kept(&self, kept: PageKept) {
        count(&self.changes, "known", kept.known);
        count(&self.changes, "unchanged", kept.unchanged);
        count(&self.changes, "made", kept.made);
        count(&self.changes, "held", kept.held);
    }
}

fn count(family: &Counted, outcome: &'static str, number: u64) {
    let labels = OutcomeLabels { outcome };
    family.get_or_create(&labels).inc_by(number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_appear_under_their_names() {
        let mut registry = Registry::default();
        let asked = Asked::register(&mut registry);
        asked.inquired(&Inquiry::Believed(Vec::new()), Trust::Unconfirmed);
        asked.inquired(&Inquiry::Refused(String::new()), Trust::Token);
        asked.ended(&ReconciliationEnd::Completed);
        asked.kept(PageKept {
            made: 3,
            ..PageKept::default()
        });
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for line in [
            r#"cuebook_confirmations_total{outcome="unconfirmed"} 1"#,
            r#"cuebook_confirmations_total{outcome="rejected"} 1"#,
            r#"cuebook_reconciliations_total{outcome="completed"} 1"#,
            r#"cuebook_reconciled_changes_total{outcome="made"} 3"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
