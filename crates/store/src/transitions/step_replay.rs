//! Replays some events of a replay: the new events with their runs, the note of what was made of which, and how far the
//! replay is, in one transaction.
//!
//! Whoever finds the replay running and at the place that it knows has the step; for others it is `Taken`, on whatever node
//! they are. So no event is replayed twice, and the primary key of the notes stands behind it. If the process dies before
//! the commit, none of the events was replayed; if after, all of them.

use cuebook_core::clock::to_micros;
use cuebook_core::replay::ReplayState;
use cuebook_core::{EventId, ReplayId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::accept_event::{AcceptEvent, insert_events};
use super::end_replay::forget_texts;
use crate::entities::{replayed_events, replays};
use crate::error::StoreError;
use crate::privacy::erased_events;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// A step of a replay.
#[derive(Debug, Clone)]
pub struct ReplayStep {
    /// The replay.
    pub replay: ReplayId,
    /// Where it was, as it was read.
    pub from: Option<EventId>,
    /// Where it is after the step.
    pub to: Option<EventId>,
    /// The new events, each with the one that it is made of.
    pub made: Vec<(EventId, AcceptEvent)>,
    /// For how many events there was nothing to do.
    pub skipped: u64,
    /// Whether nothing is left to do.
    pub last: bool,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayStepped {
    /// It was taken.
    Done,
    /// The replay is over, or another process has taken it.
    Taken,
}

impl Store {
    /// Takes a step of a replay, if the replay still is where it was read.
    pub async fn step_replay(&self, step: ReplayStep) -> Result<ReplayStepped, StoreError> {
        self.inner.writer.submit(step).await
    }
}

impl Transition for ReplayStep {
    type Output = ReplayStepped;
    const ORDER: Order = Order::Accept;

    fn lock(&self, locks: &mut SubjectLocks) {
        for (_, accept) in &self.made {
            accept.lock(locks);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<ReplayStepped> {
        let mut results = Vec::with_capacity(batch.len());
        for step in batch {
            results.push(Ok(take(tx, step).await?));
        }
        Ok(results)
    }
}

async fn take(tx: &Tx<'_>, step: &ReplayStep) -> Result<ReplayStepped, StoreError> {
    let mut select = replays::Entity::find_by_id(step.replay.0);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let Some(row) = select.one(tx.db).await? else {
        return Ok(ReplayStepped::Taken);
    };
    if row.state != ReplayState::Running.as_str() || row.position.map(EventId) != step.from {
        return Ok(ReplayStepped::Taken);
    }
    // They were read before: whatever was erased since must not come back.
    let sources: Vec<_> = step.made.iter().map(|(of, _)| of.0).collect();
    let erased = erased_events(tx, &sources).await?;
    let left = || step.made.iter().filter(|(of, _)| !erased.contains(&of.0));
    insert_events(tx, left().map(|(_, accept)| (accept, None))).await?;
    let notes = left().map(|(of, accept)| replayed_events::Model {
        replay_id: step.replay.0,
        event_id: of.0,
        made_id: accept.event.id.0,
    });
    insert_all(tx, notes.collect()).await?;
    let gone = step.made.len() - left().count();
    let made = i64::try_from(step.made.len() - gone).unwrap_or(i64::MAX);
    let skipped = i64::try_from(step.skipped).unwrap_or(i64::MAX);
    let skipped = skipped.saturating_add(i64::try_from(gone).unwrap_or(i64::MAX));
    let mut update = replays::Entity::update_many()
        .col_expr(
            replays::Column::Position,
            Expr::value(step.to.map(|id| id.0)),
        )
        .col_expr(
            replays::Column::Replayed,
            Expr::value(row.replayed.saturating_add(made)),
        )
        .col_expr(
            replays::Column::Skipped,
            Expr::value(row.skipped.saturating_add(skipped)),
        )
        .filter(replays::Column::Id.eq(row.id));
    if step.last {
        update = update
            .col_expr(
                replays::Column::State,
                Expr::value(ReplayState::Completed.as_str()),
            )
            .col_expr(
                replays::Column::EndedAt,
                Expr::value(Some(to_micros(tx.now))),
            )
            .col_expr(
                replays::Column::Selection,
                Expr::value(forget_texts(&row.selection)?),
            );
    }
    update.exec(tx.db).await?;
    Ok(ReplayStepped::Done)
}
