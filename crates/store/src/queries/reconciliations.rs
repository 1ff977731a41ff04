//! Reconciliations, as operators look at them, and what waits for an answer or a person.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::page::{Listed, Page};
use crate::entities::{confirmations, events, reconciliations};
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;

/// A reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReconciliationRow {
    /// Its id.
    pub id: Uuid,
    /// `timer` or `operator`.
    pub cause: String,
    /// `running`, `completed`, `failed` or `cancelled`.
    pub state: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// Changes from this instant on.
    pub since: Timestamp,
    /// Changes before this instant.
    pub until: Timestamp,
    /// What is being looked at, or was last.
    pub resource: Option<String>,
    /// The records that were looked at; one that was killed looks at some again.
    pub looked: u64,
    /// The changes of which an event had told.
    pub known: u64,
    /// The records in which nothing has changed that a message would tell of.
    pub unchanged: u64,
    /// The events that were made.
    pub made: u64,
    /// The events that were made and held for a person.
    pub held: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// What waits to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unsettled {
    /// The events that Ticketpark is to be asked about.
    pub confirming: u64,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
    /// Why nothing could be learnt about it so far.
    pub problem: Option<String>,
    /// The events that are held for a person.
    pub held: u64,
}

impl Store {
    /// Reconciliations, newest first.
    pub async fn list_reconciliations(
        &self,
        page: &Page,
    ) -> Result<Listed<ReconciliationRow>, StoreError> {
        let select = reconciliations::Entity::find();
        let mut rows = page
            .of(select, reconciliations::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = rows.into_iter().map(ReconciliationRow::of).collect();
        Ok(Listed { items, next })
    }

    /// Whether one is to be carried out, or is being.
    pub async fn reconciliation_runs(&self) -> Result<bool, StoreError> {
        let running = reconciliations::Entity::find()
            .filter(Expr::col(reconciliations::Column::State).eq(word("running")));
        Ok(running.count(self.readers()).await? > 0)
    }

    /// The reconciliation with this id.
    pub async fn show_reconciliation(
        &self,
        id: Uuid,
    ) -> Result<Option<ReconciliationRow>, StoreError> {
        let row = reconciliations::Entity::find_by_id(id).one(self.readers());
        Ok(row.await?.map(ReconciliationRow::of))
    }

    /// What waits for Ticketpark's answer or for a person.
    pub async fn unsettled_events(&self) -> Result<Unsettled, StoreError> {
        let db = self.readers();
        let held = events::Entity::find()
            .filter(Expr::col((events::Entity, events::Column::Disposition)).eq(word("held")))
            .count(db)
            .await?;
        let confirming = confirmations::Entity::find().count(db).await?;
        let oldest = confirmations::Entity::find()
            .order_by_asc(confirmations::Column::EventId)
            .one(db)
            .await?;
        let Some(row) = oldest else {
            return Ok(Unsettled {
                held,
                ..Unsettled::default()
            });
        };
        let event = events::Entity::find_by_id(row.event_id).one(db).await?;
        Ok(Unsettled {
            confirming,
            oldest: event.map(|event| from_micros(event.received_at)),
            problem: row.problem,
            held,
        })
    }
}

impl ReconciliationRow {
    fn of(row: reconciliations::Model) -> Self {
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            id: row.id,
            cause: row.cause,
            state: row.state,
            reason: row.reason,
            since: from_micros(row.since),
            until: from_micros(row.until),
            resource: row.resource,
            looked: number(row.looked),
            known: number(row.known),
            unchanged: number(row.unchanged),
            made: number(row.made),
            held: number(row.held),
            started_at: from_micros(row.started_at),
            ended_at: row.ended_at.map(from_micros),
        }
    }
}
