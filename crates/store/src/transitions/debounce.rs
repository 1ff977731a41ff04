//! Of a burst of events about one subject, the last one runs: part of the transaction that accepts an event.
//!
//! The run of a rule that debounces begins `waiting`, until it has been quiet for so long; the next one takes its place:
//! `waiting` → `skipped` (`superseded`). Waking it is the same as waking any other (see `wake_runs`).

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
use uuid::Uuid;

use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::{given, update_each, word};
use crate::writer::Tx;

/// The word for a run that waits for quiet.
pub(super) const CODE: &str = "debounce";
/// The word for why an earlier run of a burst is skipped.
const SUPERSEDED: &str = "superseded";
/// So many subjects are asked for in one statement.
const AT_ONCE: usize = 1_000;

/// Skips the runs whose place those of `subjects` have taken that were just made.
pub(super) async fn supersede(tx: &Tx<'_>, subjects: BTreeSet<String>) -> Result<(), StoreError> {
    let subjects: Vec<String> = subjects.into_iter().collect();
    let mut superseded = Vec::new();
    for subjects in subjects.chunks(AT_ONCE) {
        let mut newest = BTreeMap::new();
        for run in waiting(tx, subjects).await? {
            let burst = (run.account, run.rule, run.subject, run.captured);
            // In the order of arrival: each takes the place of the one before.
            if let Some(earlier) = newest.insert(burst, run.id) {
                superseded.push((earlier, run.event_id));
            }
        }
    }
    skip(tx, superseded).await
}

async fn waiting(tx: &Tx<'_>, subjects: &[String]) -> Result<Vec<runs::Model>, StoreError> {
    let mut select = runs::Entity::find()
        .filter(runs::Column::Subject.is_in(subjects))
        .filter(Expr::col(runs::Column::State).eq(word("waiting")))
        .filter(Expr::col(runs::Column::Code).eq(word("debounce")))
        .order_by_asc(runs::Column::Id);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    Ok(select.all(tx.db).await?)
}

async fn skip(tx: &Tx<'_>, superseded: Vec<(Uuid, Uuid)>) -> Result<(), StoreError> {
    let rows: Vec<Vec<Value>> = superseded
        .into_iter()
        .map(|(run, event)| {
            let reason = format!("superseded by the event {event}, which came before it was quiet");
            vec![Value::from(run), reason.into()]
        })
        .collect();
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![
            (runs::Column::State, Expr::value(RunState::Skipped.as_str())),
            (runs::Column::Code, Expr::value(SUPERSEDED)),
            (runs::Column::Reason, given(2)),
            (runs::Column::EndedAt, Expr::value(tx.now_micros())),
            (runs::Column::WakeAt, Expr::value(None::<i64>)),
        ],
        rows,
    )
    .await
}
