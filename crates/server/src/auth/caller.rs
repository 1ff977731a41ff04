//! The holder of a valid key, for the length of a request.

use std::sync::Arc;

use cuebook_store::{Actor, SearchIn, Store, StoreError};

use super::{Masking, Scope};

/// The holder of a valid key.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The key's id: public, fit for logs.
    pub(crate) key_id: String,
    scopes: Vec<Scope>,
    /// Whom the audit log names.
    actor: Arc<Actor>,
}

impl Caller {
    /// The holder of the key `key_id` with what it may do.
    pub(crate) fn new(key_id: String, scopes: Vec<Scope>) -> Self {
        let actor = Arc::new(Actor::new(key_id.as_str(), None, "", None));
        Self {
            key_id,
            scopes,
            actor,
        }
    }

    /// The same caller, carrying out an operation.
    pub(crate) fn carrying_out(mut self, actor: &Arc<Actor>) -> Self {
        self.actor = Arc::clone(actor);
        self
    }

    /// The same store, acting for this caller: what it changes stands in the audit log.
    pub(crate) fn store(&self, store: &Store) -> Store {
        store.acting(&self.actor)
    }

    /// Writes down that the caller has done something whose changes do not tell of themselves.
    pub(crate) async fn wrote(
        &self,
        store: &Store,
        kind: &str,
        id: &str,
    ) -> Result<(), StoreError> {
        store.write_audit(&self.actor, Some((kind, id))).await
    }

    /// Says why the caller does what follows; addresses in it are hidden.
    pub(crate) fn because(&self, reason: &str) {
        self.actor.because(&Masking::On.text(reason.to_owned()));
    }

    /// What the caller asked for only looks, and does not belong into the audit log.
    pub(crate) fn changed_nothing(&self) {
        self.actor.changes_nothing();
    }

    /// Whether the key has `scope`.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&Scope::Admin) || self.scopes.contains(&scope)
    }

    /// Where this caller may search: what it may not see, it may not find out by asking whether it is there.
    pub(crate) fn search_in(&self) -> SearchIn {
        if self.may(Scope::Personal) {
            SearchIn::Everything
        } else {
            SearchIn::Names
        }
    }

    /// How personal data is shown to this caller.
    pub(crate) fn masking(&self) -> Masking {
        if self.may(Scope::Personal) {
            Masking::Off
        } else {
            Masking::On
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_holds_every_scope_and_no_other_holds_another() {
        for scope in Scope::ALL {
            let caller = Caller::new("k".to_owned(), vec![*scope]);
            for asked in Scope::ALL {
                let expected = asked == scope || *scope == Scope::Admin;
                assert_eq!(caller.may(*asked), expected, "{scope} asked for {asked}");
            }
        }
    }
}
