//! An operator has a run tried again: `failed` or `blocked` → `ready`, at the end of its lane.
//!
//! Its journal is cut after the last successful write or long wait, and what stands behind is asked anew, with the same
//! keys. It goes on on the version that it was pinned to, or on another one that the operator names. If the process
//! dies before the commit, the run is as it was.

use cuebook_core::journal::{Cut, Rounds, StepPath};
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::rule::VersionHash;
use cuebook_core::run::RunState;
use cuebook_core::{RunId, Value};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value as Json;
use uuid::Uuid;

use super::open_calls::settle_open_calls;
use super::operated::{Operated, run_and_state};
use super::steps::{forget_steps, write_logs};
use crate::audit::{Change, Target, pictures};
use crate::entities::runs;
use crate::error::StoreError;
use crate::queries::read_journal;
use crate::retention::is_expired_run;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to try a run again.
pub(crate) struct RetryRun {
    run: RunId,
    version: Option<VersionHash>,
}

impl Store {
    /// Has a failed or blocked run go on from its journal; on `version`, where one is given.
    pub async fn retry_run(
        &self,
        run: RunId,
        version: Option<VersionHash>,
    ) -> Result<Operated<RunState>, StoreError> {
        self.change(RetryRun { run, version }).await
    }
}

impl Transition for RetryRun {
    type Output = Operated<RunState>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<RunState>> {
        // One by one: an operator's hand is slow.
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(retry(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for RetryRun {
    fn target(&self) -> Target {
        Target::new("run", &self.run)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_run(tx, self.run).await
    }
}

async fn retry(tx: &Tx<'_>, request: &RetryRun) -> Result<Operated<RunState>, StoreError> {
    let Some((row, state)) = run_and_state(tx, request.run).await? else {
        return Ok(Operated::NoSuch);
    };
    if !matches!(state, RunState::Failed | RunState::Blocked) {
        return Ok(Operated::NotIn(state));
    }
    if is_expired_run(tx, &row).await? {
        return Ok(Operated::NotIn(state));
    }
    settle_open_calls(tx, &[row.id]).await?;
    cut_journal(tx, &row).await?;
    let version = request.version.as_ref();
    let version = version.map(|version| version.0.clone());
    make_ready(tx, row.id, row.generation, version.or(row.rule_version)).await?;
    Ok(Operated::Done)
}

async fn cut_journal(tx: &Tx<'_>, run: &runs::Model) -> Result<(), StoreError> {
    let journal = read_journal(tx.db, RunId(run.id)).await?;
    let cut = Cut::of_journal(&journal);
    let behind: Vec<StepPath> = journal
        .steps
        .into_keys()
        .filter(|path| !cut.keeps(path))
        .collect();
    forget_steps(tx, run.id, run.generation, &behind).await?;
    begin_round(tx, run, Rounds::of(&journal.logged).mark(cut)).await
}

/// Marks among the run's lines that what it logs from now on behind the cut is no repetition.
async fn begin_round(
    tx: &Tx<'_>,
    run: &runs::Model,
    key: Option<String>,
) -> Result<(), StoreError> {
    let Some(key) = key else {
        return Ok(());
    };
    let mark = LogLine {
        key,
        level: LogLevel::Info,
        message: "an operator has it tried again".to_owned(),
        fields: Value::Unit,
        at: tx.now,
        line: None,
    };
    write_logs(tx, vec![(run.id, run.generation, &mark)]).await
}

/// Makes a run ready that had ended: at the end of its lane, as if it had just been made.
pub(super) async fn make_ready(
    tx: &Tx<'_>,
    run: Uuid,
    generation: i32,
    version: Option<String>,
) -> Result<(), StoreError> {
    runs::Entity::update_many()
        .col_expr(runs::Column::State, Expr::value(RunState::Ready.as_str()))
        .col_expr(runs::Column::Code, Expr::value(None::<String>))
        .col_expr(runs::Column::Reason, Expr::value(None::<String>))
        .col_expr(runs::Column::EndedAt, Expr::value(None::<i64>))
        .col_expr(runs::Column::WakeAt, Expr::value(None::<i64>))
        .col_expr(runs::Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(runs::Column::Claims, Expr::value(0_i32))
        .col_expr(runs::Column::BegunAt, Expr::value(tx.now_micros()))
        .col_expr(runs::Column::CancelledBy, Expr::value(None::<String>))
        .col_expr(runs::Column::QueueKey, Expr::value(tx.id()))
        .col_expr(runs::Column::Generation, Expr::value(generation))
        .col_expr(runs::Column::RuleVersion, Expr::value(version))
        .filter(runs::Column::Id.eq(run))
        .exec(tx.db)
        .await?;
    tx.ready.runs();
    Ok(())
}
