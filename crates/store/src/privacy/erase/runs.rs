//! Runs: the journal and the lines say nothing any more; a run that is not over is taken from whoever has it, and ends.

use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::super::ERASED;
use crate::entities::{logs, runs, steps};
use crate::error::StoreError;
use crate::transitions::{forget_waits, free_keys, settle_open_calls};
use crate::writer::Tx;

pub(super) async fn erase(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut select = runs::Entity::find()
        .select_only()
        .columns([runs::Column::Id, runs::Column::State])
        .filter(runs::Column::Id.is_in(ids.iter().copied()));
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(tx.db).await?;
    let over = [RunState::Completed, RunState::Skipped, RunState::Cancelled];
    let is_open = |state: &str| over.iter().all(|over| over.as_str() != state);
    let open: Vec<Uuid> = rows
        .iter()
        .filter(|(_, state)| is_open(state))
        .map(|(id, _)| *id)
        .collect();
    settle_open_calls(tx, &open).await?;
    free_keys(tx, ids).await?;
    forget_waits(tx, ids).await?;
    end(tx, &open).await?;
    blank(tx, ids).await?;
    // The next ones of their lanes may go on.
    tx.ready.runs();
    Ok(())
}

async fn end(tx: &Tx<'_>, open: &[Uuid]) -> Result<(), StoreError> {
    use runs::Column;
    if open.is_empty() {
        return Ok(());
    }
    runs::Entity::update_many()
        .col_expr(Column::State, Expr::value(RunState::Cancelled.as_str()))
        .col_expr(Column::EndedAt, Expr::value(tx.now_micros()))
        .col_expr(Column::WakeAt, Expr::value(None::<i64>))
        .col_expr(Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1_i64))
        .filter(Column::Id.is_in(open.iter().copied()))
        .exec(tx.db)
        .await?;
    Ok(())
}

async fn blank(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    runs::Entity::update_many()
        .col_expr(runs::Column::Code, Expr::value(ERASED))
        .col_expr(runs::Column::Reason, Expr::value(ERASED))
        .col_expr(runs::Column::Subject, Expr::value(None::<String>))
        .col_expr(runs::Column::Lane, Expr::value(None::<String>))
        .filter(runs::Column::Id.is_in(ids.iter().copied()))
        .exec(tx.db)
        .await?;
    let of_runs = steps::Column::RunId.is_in(ids.iter().copied());
    steps::Entity::update_many()
        .col_expr(steps::Column::Arguments, Expr::value(b"[]".to_vec()))
        .col_expr(steps::Column::Digest, Expr::value(ERASED))
        .filter(of_runs.clone())
        .exec(tx.db)
        .await?;
    steps::Entity::update_many()
        .col_expr(
            steps::Column::Answer,
            Expr::value(format!("\"{ERASED}\"").into_bytes()),
        )
        .col_expr(steps::Column::Threw, Expr::value(false))
        .filter(of_runs)
        .filter(steps::Column::Answer.is_not_null())
        .exec(tx.db)
        .await?;
    logs::Entity::update_many()
        .col_expr(logs::Column::Message, Expr::value(ERASED))
        .col_expr(logs::Column::Fields, Expr::value(b"null".to_vec()))
        .filter(logs::Column::RunId.is_in(ids.iter().copied()))
        .exec(tx.db)
        .await?;
    Ok(())
}
