//! Events that end runs: part of the transaction that accepts an event.
//!
//! A run whose rule names the event's type in `cancel_on` is ended by an event of its subject that came after its own:
//! `ready` or `waiting` → `cancelled`, at once. One that is running goes on to the end of its segment, since what it does
//! cannot be taken back; it is `cancelled` where it would begin to wait. If the process dies before the commit, neither
//! the event nor the end of the runs has happened.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::event::Event;
use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Value,
};
use uuid::Uuid;

use super::accept_event::AcceptEvent;
use super::claim_key::free_keys;
use super::event_waits::forget_waits;
use super::open_calls::settle_open_calls;
use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::{given, update_each, word};
use crate::writer::Tx;

/// The word for why such a run is cancelled.
const CODE: &str = "cancel_on";
/// Stands around each type, so that none is found within another.
const BORDER: char = '\u{1f}';
/// So many subjects are asked for in one statement.
const AT_ONCE: usize = 1_000;

/// The types that end a run, as its row holds them.
pub(super) fn column(types: &[String]) -> Option<String> {
    let mut column = String::from(BORDER);
    for name in types {
        column.push_str(name);
        column.push(BORDER);
    }
    (!types.is_empty()).then_some(column)
}

/// Ends the runs that `accepted` events end.
pub(super) async fn end_runs(tx: &Tx<'_>, accepted: &[&AcceptEvent]) -> Result<(), StoreError> {
    let events: Vec<&Event> = accepted
        .iter()
        .filter(|accept| accept.rejected.is_none())
        .map(|accept| &accept.event)
        .collect();
    let subjects: BTreeSet<&str> = events
        .iter()
        .filter_map(|event| event.subject.as_ref())
        .map(cuebook_core::Pid::as_str)
        .collect();
    if subjects.is_empty() || nobody_is_ended(tx).await? {
        return Ok(());
    }
    let subjects: Vec<&str> = subjects.into_iter().collect();
    let mut reasons = BTreeMap::new();
    let mut running = BTreeMap::new();
    for subjects in subjects.chunks(AT_ONCE) {
        let mut select = about(subjects);
        if tx.is_shared() {
            select = select.lock_exclusive();
        }
        for run in select.all(tx.db).await? {
            if let Some(event) = events.iter().find(|event| ends(event, &run)) {
                let list = if run.state == RunState::Running.as_str() {
                    &mut running
                } else {
                    &mut reasons
                };
                list.insert(run.id, reason(event));
            }
        }
    }
    cancel(tx, reasons).await?;
    mark(tx, running).await
}

/// Whether there is no run that an event can end.
async fn nobody_is_ended(tx: &Tx<'_>) -> Result<bool, StoreError> {
    if tx.is_shared() || tx.known.nobody_is_ended() {
        return Ok(!tx.is_shared());
    }
    let one: Option<Uuid> = runs::Entity::find()
        .select_only()
        .column(runs::Column::Id)
        .filter(can_be_ended())
        .limit(1)
        .into_tuple()
        .one(tx.db)
        .await?;
    tx.known.learn_ended(one.is_some());
    Ok(one.is_none())
}

/// What an event can end. In the words of the index that has exactly these.
fn can_be_ended() -> Condition {
    Condition::all()
        .add(Expr::col(runs::Column::CancelOn).is_not_null())
        .add(Expr::col(runs::Column::State).is_in([
            word("ready"),
            word("running"),
            word("waiting"),
        ]))
}

/// Ends those of `runs` that an event has ended while they were running, now that they wait.
pub(super) async fn end_suspended(tx: &Tx<'_>, runs: Vec<Uuid>) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let marked: Vec<(Uuid, Option<String>)> = runs::Entity::find()
        .select_only()
        .columns([runs::Column::Id, runs::Column::CancelledBy])
        .filter(runs::Column::Id.is_in(runs))
        .filter(Expr::col(runs::Column::CancelledBy).is_not_null())
        .into_tuple()
        .all(tx.db)
        .await?;
    let reasons = marked
        .into_iter()
        .map(|(id, reason)| (id, reason.unwrap_or_default()));
    cancel(tx, reasons.collect()).await
}

/// The runs about one of `subjects` that events can end.
pub(super) fn about(subjects: &[&str]) -> Select<runs::Entity> {
    runs::Entity::find()
        .filter(runs::Column::Subject.is_in(subjects.iter().copied()))
        .filter(can_be_ended())
        .order_by_asc(runs::Column::Id)
}

fn ends(event: &Event, run: &runs::Model) -> bool {
    let Some(event_type) = &event.event_type else {
        return false;
    };
    let named = format!("{BORDER}{}{BORDER}", event_type.as_str());
    event.id.0 > run.event_id
        && event.capture == run.captured
        && event.account.0 == run.account
        && event.subject.as_ref().map(cuebook_core::Pid::as_str) == run.subject.as_deref()
        && run
            .cancel_on
            .as_ref()
            .is_some_and(|types| types.contains(&named))
}

fn reason(event: &Event) -> String {
    let event_type = event.event_type.as_ref().map(ToString::to_string);
    format!(
        "the event {} came ({}), which the rule names in cancel_on",
        event.id,
        event_type.unwrap_or_default()
    )
}

/// Ends runs that nobody has in hand.
async fn cancel(tx: &Tx<'_>, reasons: BTreeMap<Uuid, String>) -> Result<(), StoreError> {
    if reasons.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = reasons.keys().copied().collect();
    settle_open_calls(tx, &ids).await?;
    forget_waits(tx, &ids).await?;
    free_keys(tx, &ids).await?;
    // The next one of its lane may go on.
    tx.ready.runs();
    let cancelled = Expr::value(RunState::Cancelled.as_str());
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![
            (runs::Column::State, cancelled),
            (runs::Column::Code, Expr::value(CODE)),
            (runs::Column::Reason, given(2)),
            (runs::Column::EndedAt, Expr::value(tx.now_micros())),
            (runs::Column::WakeAt, Expr::value(None::<i64>)),
        ],
        rows(reasons),
    )
    .await
}

/// Marks runs that are in hand.
async fn mark(tx: &Tx<'_>, reasons: BTreeMap<Uuid, String>) -> Result<(), StoreError> {
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![(runs::Column::CancelledBy, given(2))],
        rows(reasons),
    )
    .await
}

fn rows(reasons: BTreeMap<Uuid, String>) -> Vec<Vec<Value>> {
    reasons
        .into_iter()
        .map(|(id, reason)| vec![Value::from(id), reason.into()])
        .collect()
}
