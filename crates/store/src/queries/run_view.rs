//! One run with all that belongs to it.

use cuebook_core::clock::from_micros;
use cuebook_core::effect::Effect;
use cuebook_core::journal::{StepAnswer, StepKind, StepPath};
use cuebook_core::log_line::LogLine;
use cuebook_core::run::Run;
use cuebook_core::{RunId, Timestamp, Value};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::ledger::with_attempts;
use crate::entities::{effects, logs, runs, steps};
use crate::error::StoreError;
use crate::reading::{UNREADABLE, answer_of, count, log_of, run_of, run_shown, step_path, word};
use crate::store::Store;

/// A run with what it did.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    /// The run.
    pub run: Run,
    /// The steps of its current generation, in the order of the script. Empty in lists.
    pub steps: Vec<StepView>,
    /// What it logged in its current generation. Empty in lists.
    pub logs: Vec<LogLine>,
    /// Its effects, of all generations, oldest first. Empty in lists.
    pub effects: Vec<Effect>,
}

/// A step as operators see it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    /// Its place.
    pub path: StepPath,
    /// The function's full name.
    pub function: String,
    /// What kind of step it is.
    pub kind: StepKind,
    /// What was asked; empty for sends.
    pub arguments: Vec<Value>,
    /// What was answered; `None` while the answer is outstanding.
    pub answer: Option<StepAnswer>,
    /// For a wait: when it is due.
    pub wake_at: Option<Timestamp>,
    /// The line of the script.
    pub line: Option<u32>,
    /// When it was asked.
    pub started_at: Timestamp,
    /// When it was answered.
    pub ended_at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
}

impl RunView {
    pub(super) fn bare(run: Run) -> Self {
        Self {
            run,
            steps: Vec::new(),
            logs: Vec::new(),
            effects: Vec::new(),
        }
    }
}

impl Store {
    /// The run with this id for people to look at: what of it cannot be read is left out, and its reason says so.
    pub async fn look_at_run(&self, id: RunId) -> Result<Option<RunView>, StoreError> {
        let error = match self.show_run(id).await {
            Err(error @ StoreError::Unreadable { .. }) => error,
            shown => return shown,
        };
        let row = runs::Entity::find_by_id(id.0).one(self.readers()).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let mut run = run_shown(row)?;
        run.code = Some(UNREADABLE.to_owned());
        run.reason = Some(error.to_string());
        Ok(Some(RunView::bare(run)))
    }

    /// The run with this id and all that belongs to it.
    pub async fn show_run(&self, id: RunId) -> Result<Option<RunView>, StoreError> {
        let db = self.readers();
        let Some(row) = runs::Entity::find_by_id(id.0).one(db).await? else {
            return Ok(None);
        };
        let generation = row.generation;
        let effects = effects::Entity::find()
            .filter(effects::Column::RunId.eq(id.0))
            .all(db)
            .await?;
        let mut effects = with_attempts(db, effects).await?;
        effects.sort_by_key(|effect| effect.id);
        Ok(Some(RunView {
            run: run_of(row)?,
            steps: steps_of(db, id, generation).await?,
            logs: logs_of(db, id, generation).await?,
            effects,
        }))
    }
}

async fn steps_of(
    db: &impl ConnectionTrait,
    run: RunId,
    generation: i32,
) -> Result<Vec<StepView>, StoreError> {
    let rows = steps::Entity::find()
        .filter(steps::Column::RunId.eq(run.0))
        .filter(steps::Column::Generation.eq(generation))
        .all(db)
        .await?;
    let mut views = rows
        .into_iter()
        .map(|row| {
            Ok(StepView {
                path: step_path(&row.path)?,
                kind: word("step's kind", &row.kind, StepKind::from_word)?,
                arguments: serde_json::from_slice(&row.arguments).map_err(|error| {
                    StoreError::unreadable("step's arguments", error.to_string())
                })?,
                answer: answer_of(row.threw, row.answer.as_deref())?,
                function: row.function,
                wake_at: row.wake_at.map(from_micros),
                line: row.line.map(count),
                started_at: from_micros(row.started_at),
                ended_at: row.ended_at.map(from_micros),
                attempts: count(row.attempts),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    views.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(views)
}

async fn logs_of(
    db: &impl ConnectionTrait,
    run: RunId,
    generation: i32,
) -> Result<Vec<LogLine>, StoreError> {
    let rows = logs::Entity::find()
        .filter(logs::Column::RunId.eq(run.0))
        .filter(logs::Column::Generation.eq(generation))
        .all(db)
        .await?;
    let mut lines = rows
        .into_iter()
        .map(log_of)
        .collect::<Result<Vec<_>, StoreError>>()?;
    // The key is a path too: of lines of one moment it tells the order.
    lines.sort_by_cached_key(|line| (line.at, line.key.parse::<StepPath>().ok()));
    Ok(lines)
}
