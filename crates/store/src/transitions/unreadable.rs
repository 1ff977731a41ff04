//! Sets aside what a claim took and cannot read, in the claim's own transaction: a run is `blocked`, a send `failed`, each
//! with the word `unreadable`. So one bad row never holds up the others, and nothing stays claimed that nobody has.

use cuebook_core::EffectId;
use cuebook_core::effect::{Attempt, AttemptOutcome, EffectState};
use cuebook_core::run::RunState;
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use super::effect_changes::attempt_row;
use super::open_calls::settle_open_calls;
use crate::entities::{effects, runs};
use crate::error::StoreError;
use crate::reading::UNREADABLE;
use crate::statements::{given, insert_all, update_each};
use crate::writer::Tx;

/// Blocks runs that were just claimed, each with what is wrong with it.
pub(super) async fn block_runs(
    tx: &Tx<'_>,
    runs: Vec<(Uuid, StoreError)>,
) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let ended_at = RunState::Blocked.has_ended().then_some(tx.now_micros());
    let ids: Vec<Uuid> = runs.iter().map(|(id, _)| *id).collect();
    let rows = runs.into_iter().map(|(id, error)| {
        tracing::error!(run = %id, %error, "a run cannot be read and is blocked");
        vec![Value::from(id), error.to_string().into()]
    });
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![
            (runs::Column::State, Expr::value(RunState::Blocked.as_str())),
            (runs::Column::Code, Expr::value(UNREADABLE)),
            (runs::Column::Reason, given(2)),
            (runs::Column::EndedAt, Expr::value(ended_at)),
            (runs::Column::Holder, Expr::value(None::<Uuid>)),
        ],
        rows.collect(),
    )
    .await?;
    settle_open_calls(tx, &ids).await?;
    // They have left their lanes, and the claim was smaller than it could be.
    tx.ready.runs();
    Ok(())
}

/// Fails sends that were just claimed, each with what is wrong with it.
pub(super) async fn fail_sends(
    tx: &Tx<'_>,
    sends: Vec<(effects::Model, StoreError)>,
) -> Result<(), StoreError> {
    if sends.is_empty() {
        return Ok(());
    }
    let mut attempts = Vec::with_capacity(sends.len());
    let mut rows = Vec::with_capacity(sends.len());
    for (row, error) in sends {
        tracing::error!(effect = %row.id, %error, "a send cannot be read and has failed");
        let number = row.attempts.saturating_add(1);
        let attempt = Attempt {
            number: u32::try_from(number).unwrap_or(1),
            started_at: tx.now,
            ended_at: tx.now,
            outcome: AttemptOutcome::Failed,
            status: None,
            error: Some(format!("{UNREADABLE}: {error}")),
            answer: None,
        };
        attempts.push(attempt_row(EffectId(row.id), &attempt));
        rows.push(vec![Value::from(row.id), number.into()]);
    }
    insert_all(tx, attempts).await?;
    update_each(
        tx,
        effects::Entity,
        effects::Column::Id,
        vec![
            (
                effects::Column::State,
                Expr::value(EffectState::Failed.as_str()),
            ),
            (effects::Column::Attempts, given(2)),
            (effects::Column::DueAt, Expr::value(None::<i64>)),
            (effects::Column::SettledAt, Expr::value(tx.now_micros())),
            (effects::Column::ClaimedAt, Expr::value(None::<i64>)),
            (effects::Column::Holder, Expr::value(None::<Uuid>)),
        ],
        rows,
    )
    .await?;
    tx.ready.sends();
    Ok(())
}
