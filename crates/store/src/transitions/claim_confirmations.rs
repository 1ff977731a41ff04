//! Claims events that Ticketpark is to be asked about: those that are due and that nobody is asking about, the longest due
//! first, of each subject the oldest alone, so that its events are believed in the order in which they came.
//!
//! The claim is a lease: if the process dies, it runs out and the question is asked again, which changes nothing outside.
//! A process that has the database to itself finds it void when it starts.

use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use cuebook_core::{EventId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};
use uuid::Uuid;

use crate::entities::{confirmations, events};
use crate::error::StoreError;
use crate::reading::{count, event_of};
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// An event that this process asks about.
#[derive(Debug, Clone)]
pub struct ClaimedConfirmation {
    /// The event.
    pub event: Event,
    /// How often nothing could be learnt about it.
    pub attempts: u32,
}

/// A request for events to ask about.
pub(crate) struct ClaimConfirmations {
    limit: u32,
    until: Timestamp,
}

/// A request to make every lease void.
pub(crate) struct VoidLeases;

impl Store {
    /// Claims up to `limit` events to ask Ticketpark about, until the instant `until`.
    pub async fn claim_confirmations(
        &self,
        limit: u32,
        until: Timestamp,
    ) -> Result<Vec<ClaimedConfirmation>, StoreError> {
        let request = ClaimConfirmations { limit, until };
        self.inner.writer.submit(request).await
    }

    /// What a process before this one was asking about is to be asked anew. Where others use the database too, nothing
    /// happens: their leases run out by themselves.
    pub async fn void_confirmation_leases(&self) -> Result<(), StoreError> {
        if self.is_shared() {
            return Ok(());
        }
        self.inner.writer.submit(VoidLeases).await
    }

    /// When the next event is due to be asked about, if any is.
    pub async fn next_confirmation(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = confirmations::Entity::find()
            .order_by_asc(confirmations::Column::DueAt)
            .one(self.readers())
            .await?;
        Ok(next.map(|row| cuebook_core::clock::from_micros(row.due_at)))
    }
}

impl Transition for ClaimConfirmations {
    type Output = Vec<ClaimedConfirmation>;
    const ORDER: Order = Order::Claim;
    // A claim that a power cut undoes is made anew: a question changes nothing.
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Vec<ClaimedConfirmation>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(claim(tx, request).await?));
        }
        Ok(results)
    }
}

async fn claim(
    tx: &Tx<'_>,
    request: &ClaimConfirmations,
) -> Result<Vec<ClaimedConfirmation>, StoreError> {
    let due = due(tx, request.limit).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    confirmations::Entity::update_many()
        .col_expr(
            confirmations::Column::LeasedUntil,
            Expr::value(Some(to_micros(request.until))),
        )
        .filter(confirmations::Column::EventId.is_in(due.iter().map(|(id, _)| *id)))
        .exec(tx.db)
        .await?;
    let rows = events::Entity::find()
        .filter(events::Column::Id.is_in(due.iter().map(|(id, _)| *id)))
        .order_by_asc(events::Column::Id)
        .all(tx.db)
        .await?;
    let attempts = |id: EventId| {
        let found = due.iter().find(|(event, _)| *event == id.0);
        found.map_or(0, |(_, attempts)| count(*attempts))
    };
    rows.into_iter()
        .map(|row| {
            let event = event_of(row)?;
            let attempts = attempts(event.id);
            Ok(ClaimedConfirmation { event, attempts })
        })
        .collect()
}

/// The ids of the events that may be asked about, with their attempts. Written out: the builder has no `FOR UPDATE OF`.
async fn due(tx: &Tx<'_>, limit: u32) -> Result<Vec<(Uuid, i32)>, StoreError> {
    let now = tx.now_micros();
    let lock = if tx.is_shared() {
        "FOR UPDATE OF c SKIP LOCKED"
    } else {
        ""
    };
    let query = format!(
        "SELECT c.event_id, c.attempts FROM confirmations c WHERE c.due_at <= {now} \
         AND (c.leased_until IS NULL OR c.leased_until <= {now}) \
         AND NOT EXISTS (SELECT 1 FROM confirmations o WHERE o.subject = c.subject \
         AND o.account = c.account AND o.event_id < c.event_id) \
         ORDER BY c.due_at, c.event_id LIMIT {limit} {lock}"
    );
    let backend = tx.db.get_database_backend();
    let rows = tx
        .db
        .query_all_raw(Statement::from_string(backend, query))
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect()
}

impl Transition for VoidLeases {
    type Output = ();
    const ORDER: Order = Order::Admin;
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        confirmations::Entity::update_many()
            .col_expr(confirmations::Column::LeasedUntil, Expr::value(None::<i64>))
            .exec(tx.db)
            .await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
