//! Since when Cuebook looks, and until when it has looked at everything. The first is the moment at which reconciliation was
//! configured: what changed before it is nobody's news.

use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::{Account, Timestamp};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::entities::reconcile_marks;
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// Where reconciliation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Since when Cuebook looks.
    pub baseline: Timestamp,
    /// All changes before it have been looked at.
    pub looked_until: Timestamp,
}

/// A request to begin to look.
pub(crate) struct KeepMark(Timestamp);

impl Store {
    /// Begins to look now, unless that was begun before.
    pub async fn keep_reconcile_mark(&self, now: Timestamp) -> Result<Mark, StoreError> {
        self.inner.writer.submit(KeepMark(now)).await
    }

    /// Where reconciliation stands; `None` where it was never configured.
    pub async fn reconcile_mark(&self) -> Result<Option<Mark>, StoreError> {
        read(self.readers()).await
    }
}

impl Transition for KeepMark {
    type Output = Mark;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Mark> {
        let mut results = Vec::with_capacity(batch.len());
        for KeepMark(now) in batch {
            results.push(Ok(keep(tx, *now).await?));
        }
        Ok(results)
    }
}

/// The mark, made if there is none.
pub(super) async fn keep(tx: &Tx<'_>, now: Timestamp) -> Result<Mark, StoreError> {
    let now = to_micros(now);
    let row = reconcile_marks::Model {
        account: Account::default().0,
        baseline: now,
        looked_until: now,
    };
    insert_missing(tx, vec![row]).await?;
    read(tx.db).await?.ok_or(StoreError::Fenced)
}

async fn read(db: &impl ConnectionTrait) -> Result<Option<Mark>, StoreError> {
    let row = reconcile_marks::Entity::find_by_id(Account::default().0);
    Ok(row.one(db).await?.map(|row| Mark {
        baseline: from_micros(row.baseline),
        looked_until: from_micros(row.looked_until),
    }))
}
