//! What rules remember while they are rehearsed, and the keys that runs have claimed: as the store has it, in memory.

use std::collections::BTreeMap;

use cuebook_core::clock::Timestamp;
use cuebook_core::ids::{Account, RunId};
use cuebook_core::rule::RuleName;
use cuebook_core::state::{NotCountable, StateChange, StateKey};
use cuebook_core::value::Value;

/// Whose a claimed key is: an account's, a rule's, and whether it is only tried out.
type ClaimKey = (Account, RuleName, bool, String);

/// What rules remember.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    values: BTreeMap<StateKey, Value>,
    claims: BTreeMap<ClaimKey, (RunId, Option<Timestamp>)>,
}

impl Memory {
    /// What is remembered under a key.
    pub fn get(&self, key: &StateKey) -> Option<&Value> {
        self.values.get(key)
    }

    /// All that is remembered, by key.
    pub fn values(&self) -> impl Iterator<Item = (&StateKey, &Value)> {
        self.values.iter()
    }

    /// Remembers a value from before the rehearsal.
    pub fn set(&mut self, key: StateKey, value: Value) {
        self.values.insert(key, value);
    }

    /// Makes all changes of a segment, or none.
    ///
    /// # Errors
    /// Where something else than a whole number is to be counted up, or the sum is too large.
    pub fn apply(&mut self, changes: &[(StateKey, StateChange)]) -> Result<(), NotCountable> {
        let mut after: BTreeMap<&StateKey, Option<Value>> = BTreeMap::new();
        for (key, change) in changes {
            let before = match after.remove(key) {
                Some(value) => value,
                None => self.values.get(key).cloned(),
            };
            after.insert(key, change.applied_to(&key.key, before)?);
        }
        for (key, value) in after {
            match value {
                Some(value) => self.values.insert(key.clone(), value),
                None => self.values.remove(key),
            };
        }
        Ok(())
    }

    /// Claims a key for a run: whether it has it now.
    pub(super) fn claim(
        &mut self,
        key: ClaimKey,
        run: RunId,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> bool {
        let taken = self
            .claims
            .get(&key)
            .is_some_and(|(owner, until)| *owner != run && until.is_none_or(|until| until > now));
        if !taken {
            self.claims.insert(key, (run, until));
        }
        !taken
    }

    /// Frees the keys of a run that failed or was cancelled.
    pub(super) fn free(&mut self, run: RunId) {
        self.claims.retain(|_, (owner, _)| *owner != run);
    }
}
