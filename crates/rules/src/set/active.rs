//! The active set, swapped as a whole.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::RuleSet;

/// The active set of rules. Whoever has loaded it keeps it while another becomes active.
pub struct ActiveRules(ArcSwap<RuleSet>);

impl ActiveRules {
    /// Begins with `set`.
    pub fn new(set: RuleSet) -> Self {
        Self(ArcSwap::from_pointee(set))
    }

    /// The set that is active now.
    pub fn load(&self) -> Arc<RuleSet> {
        self.0.load_full()
    }

    /// Makes `set` the active one.
    pub fn swap(&self, set: RuleSet) {
        self.0.store(Arc::new(set));
    }
}

impl Default for ActiveRules {
    fn default() -> Self {
        Self::new(RuleSet::empty())
    }
}

impl fmt::Debug for ActiveRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ActiveRules")
            .field(&self.load().hash)
            .finish()
    }
}
