//! Writes down an operation whose changes do not tell of themselves (see `audit/`), once it has been carried out.
//!
//! If the process dies before the commit, the operation was carried out and is not in the log: so whatever can be is
//! written together with its change.

use crate::audit::Actor;
use crate::entities::audit_log;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A row of the log.
pub(crate) struct WriteAudit(audit_log::Model);

impl Store {
    /// Writes down that `actor` has carried out an operation on the `kind` with this id, unless its changes are in the log.
    pub async fn write_audit(
        &self,
        actor: &Actor,
        target: Option<(&str, &str)>,
    ) -> Result<(), StoreError> {
        if actor.is_recorded() {
            return Ok(());
        }
        let mut row = actor.row(&*self.inner.chance, self.inner.clock.now());
        if let Some((kind, id)) = target {
            row.target_kind = Some(kind.to_owned());
            row.target_id = Some(id.to_owned());
        }
        self.inner.writer.submit(WriteAudit(row)).await?;
        actor.recorded();
        Ok(())
    }
}

impl Transition for WriteAudit {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let rows = batch.iter().map(|entry| entry.0.clone()).collect();
        insert_all(tx, rows).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
