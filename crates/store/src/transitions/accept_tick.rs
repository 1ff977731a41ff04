//! Accepts a tick of a timetable: the event, its runs, and the instant of the next tick, in one transaction.
//!
//! Whoever finds the timetable still due at the instant that it knows has the tick; for others it is `Taken`, on whatever
//! node they are: the row decides and not a look beforehand. While the rule is paused the tick stays due; while an
//! operator has disabled it, ticks pass and leave no event. If the process dies before the commit, the tick is still due;
//! if after, its event is stored.

use cuebook_core::Timestamp;
use cuebook_core::clock::to_micros;
use cuebook_core::rule::RuleName;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::accept_event::{AcceptEvent, Accepted, insert_events};
use super::stop::{Stopped, StoppedRules};
use crate::entities::timetables;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A tick of a rule's timetable.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The rule.
    pub rule: RuleName,
    /// The timetable, as it was kept.
    pub timetable: String,
    /// When the rule was due, as it was kept.
    pub due: Timestamp,
    /// The tick that is accepted: the one that was due, or the latest of those that were missed.
    pub at: Timestamp,
    /// When the rule is due after it.
    pub next: Timestamp,
    /// The event that the tick becomes.
    pub event: AcceptEvent,
}

/// What became of a tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ticked {
    /// Its event is on disk.
    Accepted(Accepted),
    /// Another process has it, or the rule goes by another timetable now.
    Taken,
    /// The rule is paused: the tick stays due.
    Paused,
    /// An operator has disabled the rule: the tick is past.
    Disabled,
}

impl Store {
    /// Accepts a tick, if it is still due.
    pub async fn accept_tick(&self, tick: Tick) -> Result<Ticked, StoreError> {
        self.inner.writer.submit(tick).await
    }
}

impl Transition for Tick {
    type Output = Ticked;
    const ORDER: Order = Order::Accept;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Ticked> {
        let paused = StoppedRules::load(tx, &[Stopped::Everything]).await?;
        let disabled = StoppedRules::load(tx, &[Stopped::NewRuns]).await?;
        let mut results = Vec::with_capacity(batch.len());
        for tick in batch {
            let ticked = if paused.has(&tick.rule) {
                Ticked::Paused
            } else if !take(tx, tick).await? {
                Ticked::Taken
            } else if disabled.has(&tick.rule) {
                Ticked::Disabled
            } else {
                let accepted = insert_events(tx, [(&tick.event, None)]).await?;
                accepted
                    .into_iter()
                    .next()
                    .map_or(Ticked::Taken, Ticked::Accepted)
            };
            results.push(Ok(ticked));
        }
        Ok(results)
    }
}

/// Moves the timetable on. Says whether it was still due as the tick has it.
async fn take(tx: &Tx<'_>, tick: &Tick) -> Result<bool, StoreError> {
    let moved = timetables::Entity::update_many()
        .col_expr(
            timetables::Column::NextAt,
            Expr::value(to_micros(tick.next)),
        )
        .col_expr(
            timetables::Column::LastAt,
            Expr::value(Some(to_micros(tick.at))),
        )
        .filter(timetables::Column::Rule.eq(tick.rule.as_str()))
        .filter(timetables::Column::Timetable.eq(tick.timetable.as_str()))
        .filter(timetables::Column::NextAt.eq(to_micros(tick.due)))
        .exec(tx.db)
        .await?;
    Ok(moved.rows_affected == 1)
}
