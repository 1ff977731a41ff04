//! A run's journal, as a replay needs it.

use std::collections::HashSet;

use cuebook_core::RunId;
use cuebook_core::clock::from_micros;
use cuebook_core::journal::{Entry, Journal, Question, StepKind};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
};

use crate::entities::{logs, runs, steps};
use crate::error::StoreError;
use crate::reading::{answer_of, step_path, word};
use crate::store::Store;

/// A step without its arguments, which a replay does not need.
#[derive(FromQueryResult)]
struct Row {
    path: String,
    function: String,
    digest: String,
    kind: String,
    wake_at: Option<i64>,
    threw: Option<bool>,
    answer: Option<Vec<u8>>,
}

impl Store {
    /// The journal of the run's current generation; empty if there is no such run.
    pub async fn journal(&self, run: RunId) -> Result<Journal, StoreError> {
        read_journal(self.readers(), run).await
    }
}

/// The journal of the run's current generation, as `db` sees it.
pub(crate) async fn read_journal(
    db: &impl ConnectionTrait,
    run: RunId,
) -> Result<Journal, StoreError> {
    let rows = steps::Entity::find()
        .select_only()
        .columns([
            steps::Column::Path,
            steps::Column::Function,
            steps::Column::Digest,
            steps::Column::Kind,
            steps::Column::WakeAt,
            steps::Column::Threw,
            steps::Column::Answer,
        ])
        .filter(steps::Column::RunId.eq(run.0))
        .filter(steps::Column::Generation.in_subquery(generation(run)))
        .into_model::<Row>()
        .all(db)
        .await?;
    let mut journal = Journal {
        logged: logged(db, run).await?,
        ..Journal::default()
    };
    for row in rows {
        journal.steps.insert(step_path(&row.path)?, entry(row)?);
    }
    Ok(journal)
}

async fn logged(db: &impl ConnectionTrait, run: RunId) -> Result<HashSet<String>, StoreError> {
    let keys: Vec<String> = logs::Entity::find()
        .select_only()
        .column(logs::Column::Key)
        .filter(logs::Column::RunId.eq(run.0))
        .filter(logs::Column::Generation.in_subquery(generation(run)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(keys.into_iter().collect())
}

fn generation(run: RunId) -> SelectStatement {
    Query::select()
        .column(runs::Column::Generation)
        .from(runs::Entity)
        .and_where(runs::Column::Id.eq(run.0))
        .to_owned()
}

fn entry(row: Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        kind: word("step's kind", &row.kind, StepKind::from_word)?,
        answer: answer_of(row.threw, row.answer.as_deref())?,
        question: Question {
            function: row.function,
            digest: row.digest,
        },
        wake_at: row.wake_at.map(from_micros),
    })
}
