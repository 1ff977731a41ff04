//! Which runs an event starts.

use cuebook_core::event::Origin;
use cuebook_core::events::EventType;
use cuebook_rules::RuleSet;
use cuebook_store::RuleStart;

/// A run for each rule of `rules` that is for such an event.
pub(crate) fn runs_for(rules: &RuleSet, event_type: &EventType, origin: Origin) -> Vec<RuleStart> {
    rules
        .for_event(event_type, origin)
        .into_iter()
        .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
        .collect()
}
