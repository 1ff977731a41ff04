//! Overwrites what was found, some events and runs at a time. Of each the row stays with its id, type or rule, state and
//! times, so that the books close; what it says is gone. Whatever is not over ends: waiting runs are `cancelled`, sends
//! that have not left are `discarded`, and of those that are under way nobody will know.
//!
//! A batch is one transaction, in which it is also noted what others had received, and that it is done. If the process dies
//! before the commit, the same batch is taken again.

mod effects;
mod events;
mod runs;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::progress::held;
use super::received;
use crate::entities::{self, privacy_finds};
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How many are overwritten together.
const TOGETHER: u64 = 20;

/// A request to overwrite the next of what was found. Gives how many that were.
struct EraseSome(Uuid);

impl Store {
    /// Overwrites the next of what a request has found; gives whether there was anything.
    pub(super) async fn erase_some(&self, request: Uuid) -> Result<bool, StoreError> {
        let erased = self.inner.writer.submit(EraseSome(request)).await?;
        // After the commit: an event may be asked for until then, and is kept anew by nobody.
        self.inner.fresh.forget(&erased);
        Ok(!erased.is_empty())
    }
}

impl Transition for EraseSome {
    /// The events and runs.
    type Output = Vec<Uuid>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Vec<Uuid>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(if held(tx, request.0).await?.is_some() {
                Ok(erase(tx, request.0).await?)
            } else {
                Err(StoreError::Fenced)
            });
        }
        Ok(results)
    }
}

async fn erase(tx: &Tx<'_>, request: Uuid) -> Result<Vec<Uuid>, StoreError> {
    use privacy_finds::Column;
    let found = privacy_finds::Entity::find()
        .filter(Column::RequestId.eq(request))
        .filter(Column::Done.eq(false))
        .limit(TOGETHER)
        .all(tx.db)
        .await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let of = |kind: &str| {
        let found = found.iter().filter(|find| find.kind == kind);
        found.map(|find| find.item).collect::<Vec<Uuid>>()
    };
    let (events, mut runs, deliveries) = (of("event"), of("run"), of("effect"));
    runs.extend(runs_of(tx, &events).await?);
    runs.sort_unstable();
    runs.dedup();
    let both = Condition::any()
        .add(entities::effects::Column::RunId.is_in(runs.iter().copied()))
        .add(entities::effects::Column::EventId.is_in(events.iter().copied()))
        .add(entities::effects::Column::Id.is_in(deliveries));
    let got = received::rows(tx.db, request, both.clone(), None).await?;
    insert_missing(tx, got).await?;
    runs::erase(tx, &runs).await?;
    effects::erase(tx, both).await?;
    events::erase(tx, &events).await?;
    let items: Vec<Uuid> = found.iter().map(|find| find.item).collect();
    privacy_finds::Entity::update_many()
        .col_expr(Column::Done, sea_orm::sea_query::Expr::value(true))
        .filter(Column::RequestId.eq(request))
        .filter(Column::Item.is_in(items.iter().copied()))
        .exec(tx.db)
        .await?;
    Ok(items)
}

async fn runs_of(tx: &Tx<'_>, events: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    use entities::runs::{Column, Entity};
    if events.is_empty() {
        return Ok(Vec::new());
    }
    Ok(Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::EventId.is_in(events.iter().copied()))
        .into_tuple()
        .all(tx.db)
        .await?)
}
