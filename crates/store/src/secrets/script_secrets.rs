//! The secrets that scripts may name, in memory, since a script asks for them without waiting.

use std::collections::{BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

use cuebook_core::secret::{SecretLookup, SecretText};

/// The namespace of secrets that scripts name with `secret("NAME")`.
pub(crate) const NAMESPACE: &str = "script";

/// An in-memory view of the namespace, refreshed with each change.
#[derive(Debug, Default)]
pub(crate) struct ScriptSecrets(RwLock<HashMap<String, SecretText>>);

impl ScriptSecrets {
    /// Puts what was read in the place of what was known.
    pub(crate) fn replace(&self, secrets: HashMap<String, SecretText>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets;
    }
}

impl SecretLookup for ScriptSecrets {
    fn lookup(&self, name: &str) -> Option<SecretText> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    fn names(&self) -> Option<BTreeSet<String>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(known.keys().cloned().collect())
    }
}
