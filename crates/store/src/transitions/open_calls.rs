//! Closes the ledger on the calls that a run has open when it is taken from its worker, or ends without having settled
//! them: one that paused between two attempts has failed, one that may have been under way is `unknown`.

use std::collections::HashSet;

use cuebook_core::EffectId;
use cuebook_core::clock::from_micros;
use cuebook_core::effect::{Attempt, AttemptOutcome, EffectState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::effect_changes::attempt_row;
use crate::entities::{effects, steps};
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::writer::Tx;

/// What is said of a call whose outcome nobody knows.
const OPEN: &str = "the run ended while the call was open: nobody knows whether it was done";

/// Settles what these runs have open in the ledger. Sends are left alone: they are on their way by themselves.
pub(crate) async fn settle_open_calls(tx: &Tx<'_>, runs: &[Uuid]) -> Result<(), StoreError> {
    let open = effects::Entity::find()
        .filter(effects::Column::RunId.is_in(runs.iter().copied()))
        .filter(effects::Column::State.eq("pending"))
        .filter(effects::Column::DueAt.is_null())
        .all(tx.db)
        .await?;
    if open.is_empty() {
        return Ok(());
    }
    let pausing = pausing(tx, runs).await?;
    let (failed, unknown): (Vec<_>, Vec<_>) = open.into_iter().partition(|row| {
        row.run_id
            .is_some_and(|run| pausing.contains(&(run, row.path.clone())))
    });
    insert_all(tx, unknown.iter().map(|row| lost(tx, row)).collect()).await?;
    settle(tx, &failed, EffectState::Failed).await?;
    settle(tx, &unknown, EffectState::Unknown).await
}

/// The calls that wait for their next attempt: their intents hold its time.
async fn pausing(tx: &Tx<'_>, runs: &[Uuid]) -> Result<HashSet<(Uuid, String)>, StoreError> {
    let rows: Vec<(Uuid, String)> = steps::Entity::find()
        .select_only()
        .columns([steps::Column::RunId, steps::Column::Path])
        .filter(steps::Column::RunId.is_in(runs.iter().copied()))
        .filter(steps::Column::Answer.is_null())
        .filter(steps::Column::WakeAt.is_not_null())
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn settle(
    tx: &Tx<'_>,
    rows: &[effects::Model],
    state: EffectState,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let attempts = Expr::col(effects::Column::Attempts);
    let attempts = match state {
        EffectState::Unknown => sea_orm::sea_query::ExprTrait::add(attempts, 1_i32),
        _ => attempts,
    };
    effects::Entity::update_many()
        .col_expr(effects::Column::State, Expr::value(state.as_str()))
        .col_expr(effects::Column::SettledAt, Expr::value(tx.now_micros()))
        .col_expr(effects::Column::Attempts, attempts)
        .filter(effects::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx.db)
        .await?;
    Ok(())
}

fn lost(tx: &Tx<'_>, row: &effects::Model) -> crate::entities::effect_attempts::Model {
    attempt_row(
        EffectId(row.id),
        &Attempt {
            number: u32::try_from(row.attempts).unwrap_or(0).saturating_add(1),
            started_at: from_micros(row.created_at),
            ended_at: tx.now,
            outcome: AttemptOutcome::Unknown,
            status: None,
            error: Some(OPEN.to_owned()),
            answer: None,
        },
    )
}
