//! What the writer knows of the database without asking. Only where nobody else writes: on SQLite.
//!
//! Most databases have no stop, no run that waits for an event and none that an event ends, and yet each acceptance would
//! have to ask. So the answer "none" is kept. Whoever may make it wrong says so in the same transaction; operators'
//! decisions, and a transaction that was not committed, forget all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::known_claims::KnownClaims;
use crate::entities::stops;

/// What is known; `None` or `false` is not.
#[derive(Debug, Default)]
struct Facts {
    stops: Option<Vec<stops::Model>>,
    nobody_waits: bool,
    nobody_is_ended: bool,
    no_suspects: bool,
}

/// What is known, shared by the transactions of one writer.
#[derive(Debug, Default)]
pub(crate) struct Known {
    facts: Mutex<Facts>,
    claims: KnownClaims,
    /// Others write, too: then nothing is known.
    shared: bool,
}

impl Known {
    /// Nothing yet; and never anything where the database is `shared`.
    pub(super) fn new(shared: bool) -> Self {
        Self {
            facts: Mutex::default(),
            claims: KnownClaims::new(shared),
            shared,
        }
    }

    /// Anything may have changed.
    pub(super) fn forget(&self) {
        *self.facts() = Facts::default();
        self.claims.forget();
    }

    /// What is claimed.
    pub(crate) fn claims(&self) -> &KnownClaims {
        &self.claims
    }

    /// The rows of what is stopped.
    pub(crate) fn stops(&self) -> Option<Vec<stops::Model>> {
        self.facts().stops.clone()
    }

    /// These are the rows of what is stopped.
    pub(crate) fn learn_stops(&self, rows: &[stops::Model]) {
        if !self.shared {
            self.facts().stops = Some(rows.to_vec());
        }
    }

    /// Whether no run waits for an event.
    pub(crate) fn nobody_waits(&self) -> bool {
        self.facts().nobody_waits
    }

    /// Whether any run waits for an event, or may from now on.
    pub(crate) fn learn_waits(&self, any: bool) {
        self.facts().nobody_waits = !any && !self.shared;
    }

    /// Whether there is no run that an event can end.
    pub(crate) fn nobody_is_ended(&self) -> bool {
        self.facts().nobody_is_ended
    }

    /// Whether there is any run that an event can end, or may be from now on.
    pub(crate) fn learn_ended(&self, any: bool) {
        self.facts().nobody_is_ended = !any && !self.shared;
    }

    /// Whether no run that is ready was in hand when a process died.
    pub(crate) fn no_suspects(&self) -> bool {
        self.facts().no_suspects
    }

    /// Whether any is, or may be from now on.
    pub(crate) fn learn_suspects(&self, any: bool) {
        self.facts().no_suspects = !any && !self.shared;
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_others_write_too_nothing_is_ever_known() {
        let known = Known::new(true);
        known.learn_stops(&[]);
        known.learn_waits(false);
        known.learn_ended(false);
        known.learn_suspects(false);
        assert_eq!(known.stops(), None);
        assert!(!known.nobody_waits() && !known.nobody_is_ended() && !known.no_suspects());
    }

    #[test]
    fn what_was_learnt_is_known_until_it_changes_or_is_forgotten() {
        let known = Known::new(false);
        known.learn_waits(false);
        assert!(known.nobody_waits());
        known.learn_waits(true);
        assert!(!known.nobody_waits());
        known.learn_stops(&[]);
        assert_eq!(known.stops(), Some(Vec::new()));
        known.forget();
        assert_eq!(known.stops(), None);
    }
}
