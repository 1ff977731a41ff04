//! A change together with its row of the audit log.

use std::fmt::Display;
use std::future::Future;
use std::slice;
use std::sync::Arc;

use serde_json::Value as Json;

use super::Actor;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// What kind of thing, such as `run`.
    pub(crate) kind: &'static str,
    /// Which.
    pub(crate) id: String,
}

impl Target {
    /// The `kind` with this id.
    pub(crate) fn new(kind: &'static str, id: &(impl Display + ?Sized)) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }
}

/// A transition that a person asks for.
pub(crate) trait Change: Transition {
    /// What it is about.
    fn target(&self) -> Target;

    /// The target as it stands, without anything personal or secret; `None` where there is none.
    fn picture(&self, tx: &Tx<'_>)
    -> impl Future<Output = Result<Option<Json>, StoreError>> + Send;
}

/// A change and who asks for it.
pub(crate) struct Audited<T> {
    change: T,
    actor: Arc<Actor>,
}

impl Store {
    /// Has a change committed; where the store acts for somebody, together with its row of the audit log.
    pub(crate) async fn change<T: Change>(&self, change: T) -> Result<T::Output, StoreError> {
        let Some(actor) = &self.actor else {
            return self.inner.writer.submit(change).await;
        };
        let audited = Audited {
            change,
            actor: Arc::clone(actor),
        };
        let output = self.inner.writer.submit(audited).await?;
        actor.recorded();
        Ok(output)
    }
}

impl<T: Change> Transition for Audited<T> {
    type Output = T::Output;
    const ORDER: Order = T::ORDER;

    fn lock(&self, locks: &mut SubjectLocks) {
        self.change.lock(locks);
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<T::Output> {
        let mut results = Vec::with_capacity(batch.len());
        let mut rows = Vec::new();
        // One by one, since each has a before and an after of its own. People are slow.
        for Self { change, actor } in batch {
            let before = change.picture(tx).await?;
            let applied = T::apply(slice::from_ref(change), tx).await?;
            let after = change.picture(tx).await?;
            if before != after {
                let Target { kind, id } = change.target();
                let mut row = actor.row(tx.chance, tx.now);
                row.target_kind = Some(kind.to_owned());
                row.target_id = Some(id);
                row.before = before.map(|picture| picture.to_string());
                row.after = after.map(|picture| picture.to_string());
                rows.push(row);
            }
            results.extend(applied);
        }
        insert_all(tx, rows).await?;
        Ok(results)
    }
}
