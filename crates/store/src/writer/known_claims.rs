//! The claims that the writer knows of without asking: what it has just written as claimed, as it wrote it. Only where nobody
//! else writes: on SQLite.
//!
//! An entry holds until the first transition of its run or send, which takes it out: from then on the database is asked. Of
//! a run that somebody else may change while it is in hand there is none. Operators' decisions, and a transaction that was
//! not committed, forget all (see [`super::known`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::entities::{effects, runs};

/// So many of each are known at most: more than are in hand.
const MOST: usize = 16_384;

/// The claims.
#[derive(Debug, Default)]
pub(crate) struct KnownClaims {
    claims: Mutex<Claims>,
    /// Others write, too: then nothing is known.
    shared: bool,
}

#[derive(Debug, Default)]
struct Claims {
    runs: HashMap<Uuid, runs::Model>,
    /// The fences of sends.
    sends: HashMap<Uuid, i64>,
}

impl KnownClaims {
    /// None yet; and never any where the database is `shared`.
    pub(super) fn new(shared: bool) -> Self {
        Self {
            claims: Mutex::default(),
            shared,
        }
    }

    /// Anything may have changed.
    pub(super) fn forget(&self) {
        *self.claims() = Claims::default();
    }

    /// A run was written as claimed.
    pub(crate) fn learn_run(&self, row: &runs::Model) {
        // An event may mark one that it ends.
        if self.shared || row.cancel_on.is_some() {
            return;
        }
        let mut claims = self.claims();
        if claims.runs.len() >= MOST {
            claims.runs.clear();
        }
        claims.runs.insert(row.id, row.clone());
    }

    /// A send was written as claimed.
    pub(crate) fn learn_send(&self, row: &effects::Model) {
        // More is asked about what goes to an endpoint.
        if row.endpoint_id.is_none() {
            self.learn_fence(row.id, row.fence);
        }
    }

    fn learn_fence(&self, id: Uuid, fence: i64) {
        if self.shared {
            return;
        }
        let mut claims = self.claims();
        if claims.sends.len() >= MOST {
            claims.sends.clear();
        }
        claims.sends.insert(id, fence);
    }

    /// Takes the row of a run that is running.
    pub(crate) fn take_run(&self, id: Uuid) -> Option<runs::Model> {
        self.claims().runs.remove(&id)
    }

    /// Takes the fence of a send that is claimed.
    pub(crate) fn take_send(&self, id: Uuid) -> Option<i64> {
        self.claims().sends.remove(&id)
    }

    fn claims(&self) -> MutexGuard<'_, Claims> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_known_once_and_not_at_all_where_others_write() {
        let (own, shared) = (KnownClaims::new(false), KnownClaims::new(true));
        for claims in [&own, &shared] {
            claims.learn_fence(Uuid::nil(), 3);
        }
        assert_eq!(own.take_send(Uuid::nil()), Some(3));
        assert_eq!(own.take_send(Uuid::nil()), None);
        assert_eq!(shared.take_send(Uuid::nil()), None);
    }

    #[test]
    fn what_is_forgotten_is_not_known() {
        let claims = KnownClaims::new(false);
        claims.learn_fence(Uuid::nil(), 3);
        claims.forget();
        assert_eq!(claims.take_send(Uuid::nil()), None);
    }
}
