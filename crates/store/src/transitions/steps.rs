//! Writing steps and log lines. What stands there already stays: a recorded answer is never replaced, a logged line
//! never repeated.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cuebook_core::clock::{Timestamp, to_micros};
use cuebook_core::journal::{StepPath, StepRecord, StoredAnswer};
use cuebook_core::log_line::LogLine;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use crate::entities::{logs, steps};
use crate::error::StoreError;
use crate::statements::{insert_missing, insert_or};
use crate::writer::Tx;

/// A step's place in the database.
type Key = (Uuid, i32, StepPath);

/// Steps gathered from a batch, at most one for each place.
#[derive(Default)]
pub(super) struct Steps(BTreeMap<Key, steps::Model>);

impl Steps {
    /// Adds a step. Of two for one place the first answered one stays.
    pub(super) fn add(
        &mut self,
        run: Uuid,
        generation: i32,
        step: &StepRecord,
    ) -> Result<(), StoreError> {
        let row = row(run, generation, step)?;
        match self.0.entry((run, generation, step.path.clone())) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(mut place) => {
                if place.get().answer.is_none() {
                    place.insert(row);
                }
            }
        }
        Ok(())
    }

    /// Writes them.
    pub(super) async fn write(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let unanswered = Expr::col((steps::Entity, steps::Column::Answer)).is_null();
        let conflict = OnConflict::columns([
            steps::Column::RunId,
            steps::Column::Generation,
            steps::Column::Path,
        ])
        .update_columns([
            steps::Column::WakeAt,
            steps::Column::EndedAt,
            steps::Column::Attempts,
            steps::Column::Threw,
            steps::Column::Answer,
        ])
        .action_and_where(unanswered)
        .to_owned();
        insert_or(tx, self.0.into_values().collect(), conflict).await
    }
}

fn row(run: Uuid, generation: i32, step: &StepRecord) -> Result<steps::Model, StoreError> {
    let answer = StoredAnswer::of(step.answer.as_ref())
        .map_err(|error| StoreError::Invalid(error.to_string()))?;
    Ok(steps::Model {
        run_id: run,
        generation,
        path: step.path.to_string(),
        function: step.question.function.clone(),
        digest: step.question.digest.clone(),
        kind: step.kind.as_str().to_owned(),
        wake_at: step.wake_at.map(not_before),
        line: step.line.map(number),
        started_at: to_micros(step.started_at),
        ended_at: step.ended_at.map(to_micros),
        attempts: number(step.attempts),
        threw: answer.threw,
        arguments: json(&step.arguments)?,
        answer: answer.bytes,
        event_id: None,
    })
}

/// Takes steps out of a journal, so that they are asked again.
pub(super) async fn forget_steps(
    tx: &Tx<'_>,
    run: Uuid,
    generation: i32,
    paths: &[StepPath],
) -> Result<(), StoreError> {
    if paths.is_empty() {
        return Ok(());
    }
    steps::Entity::delete_many()
        .filter(steps::Column::RunId.eq(run))
        .filter(steps::Column::Generation.eq(generation))
        .filter(steps::Column::Path.is_in(paths.iter().map(ToString::to_string)))
        .exec(tx.db)
        .await?;
    Ok(())
}

/// Writes log lines; those that are there already stay.
pub(super) async fn write_logs(
    tx: &Tx<'_>,
    lines: Vec<(Uuid, i32, &LogLine)>,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (run, generation, line) in lines {
        rows.push(logs::Model {
            run_id: run,
            generation,
            key: line.key.clone(),
            level: line.level.as_str().to_owned(),
            message: line.message.clone(),
            fields: json(&line.fields)?,
            at: to_micros(line.at),
            line: line.line.map(number),
        });
    }
    insert_missing(tx, rows).await
}

/// A due instant in whole microseconds, rounded up: what is due is never early.
pub(super) fn not_before(at: Timestamp) -> i64 {
    let micros = to_micros(at);
    if at.timestamp_subsec_nanos().is_multiple_of(1000) {
        micros
    } else {
        micros.saturating_add(1)
    }
}

pub(super) fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Invalid(error.to_string()))
}
