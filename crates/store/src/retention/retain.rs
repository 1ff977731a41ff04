//! One step of retention.

use cuebook_core::clock::to_micros;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Retention;
use super::expire::expire;
use super::forget::forget;
use super::outdated::give_up_outdated;
use super::plan::{Plan, plan};
use super::stage::Stage;
use super::test_deliveries::plan_tests;
use super::unsent::{self, unsent};
use crate::entities::{retention_later, runs};
use crate::error::StoreError;
use crate::installation::set_fact;
use crate::statements::insert_or;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// What a step has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retained {
    /// Events of which only the metadata is left.
    pub expired: u64,
    /// Events of which nothing is left.
    pub forgotten: u64,
    /// Keys of `once` that have run out, and answers that were kept for repeated requests.
    pub outdated: u64,
    /// Whether there may be more to do at once.
    pub more: bool,
}

/// A request to do what was planned. Gives how many events were given up.
pub(super) struct GiveUp {
    pub(super) stage: Stage,
    pub(super) plan: Plan,
}

/// A request to give up what has run out by itself.
struct GiveUpOutdated;

impl Store {
    /// Gives up some of what is older than `retention` says. To be called again at once while there is more.
    pub async fn retain(&self, retention: &Retention) -> Result<Retained, StoreError> {
        let mut retained = Retained::default();
        for stage in [Stage::Payloads, Stage::Metadata] {
            let now = self.inner.clock.now();
            let keep = stage.keeps(retention);
            if let Some(tests) = plan_tests(self.readers(), stage, keep, now).await? {
                retained.more |= !tests.ids.is_empty();
                self.inner.writer.submit(tests).await?;
            }
            let plan = plan(self.readers(), stage, keep, now).await?;
            if plan.is_empty() {
                continue;
            }
            retained.more = true;
            let given_up = self.inner.writer.submit(GiveUp { stage, plan }).await?;
            self.inner.fresh.forget(&given_up);
            let number = given_up.len() as u64;
            match stage {
                Stage::Payloads => retained.expired += number,
                Stage::Metadata => retained.forgotten += number,
            }
        }
        let (outdated, more) = self.inner.writer.submit(GiveUpOutdated).await?;
        retained.outdated = outdated;
        retained.more |= more;
        Ok(retained)
    }
}

impl Transition for GiveUp {
    type Output = Vec<Uuid>;
    const ORDER: Order = Order::Admin;
    // What a power cut undoes is planned again.
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Vec<Uuid>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(give_up(tx, request).await?));
        }
        Ok(results)
    }
}

impl Transition for GiveUpOutdated {
    type Output = (u64, bool);
    const ORDER: Order = Order::Admin;
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<(u64, bool)> {
        let mut results = Vec::with_capacity(batch.len());
        for _ in batch {
            results.push(Ok(give_up_outdated(tx).await?));
        }
        Ok(results)
    }
}

async fn give_up(tx: &Tx<'_>, request: &GiveUp) -> Result<Vec<Uuid>, StoreError> {
    use retention_later::Column;

    let GiveUp { stage, plan } = request;
    let (due, runs) = still_over(tx, &plan.due).await?;
    match stage {
        Stage::Payloads => expire(tx, &due, &runs).await?,
        Stage::Metadata => forget(tx, &due, &runs).await?,
    }
    retention_later::Entity::delete_many()
        .filter(Column::Stage.eq(stage.as_str()))
        .filter(Column::EventId.is_in(due.iter().copied()))
        .exec(tx.db)
        .await?;
    let held_up = plan.due.iter().filter(|id| !due.contains(id));
    let soon = to_micros(tx.now + chrono::TimeDelta::hours(1));
    let later = plan.later.iter().copied();
    let later = later.chain(held_up.map(|id| (*id, soon)));
    let rows = later.map(|(event_id, look_at)| retention_later::Model {
        stage: stage.as_str().to_owned(),
        event_id,
        look_at,
    });
    let again = OnConflict::columns([Column::Stage, Column::EventId])
        .update_column(Column::LookAt)
        .to_owned();
    insert_or(tx, rows.collect(), again).await?;
    if let Some(place) = plan.place {
        set_fact(tx, stage.place(), place.to_string()).await?;
    }
    Ok(due)
}

/// Those whose runs are all over and of which all has left, and these runs; locked where others may write too.
async fn still_over(tx: &Tx<'_>, due: &[Uuid]) -> Result<(Vec<Uuid>, Vec<Uuid>), StoreError> {
    let mut select = runs::Entity::find()
        .select_only()
        .columns([
            runs::Column::Id,
            runs::Column::EventId,
            runs::Column::EndedAt,
        ])
        .filter(runs::Column::EventId.is_in(due.iter().copied()));
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let rows: Vec<(Uuid, Uuid, Option<i64>)> = select.into_tuple().all(tx.db).await?;
    let of_all: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    unsent::lock(tx, due, &of_all).await?;
    let unsent = unsent(tx.db, due, &of_all).await?;
    let open = |event: &Uuid| {
        let mut runs = rows.iter().filter(|(_, of, _)| of == event);
        unsent.contains(event) || runs.any(|(.., ended_at)| ended_at.is_none())
    };
    let over: Vec<Uuid> = due.iter().copied().filter(|event| !open(event)).collect();
    let of_them = rows.iter().filter(|(_, event, _)| over.contains(event));
    let runs = of_them.map(|(id, ..)| *id).collect();
    Ok((over, runs))
}
