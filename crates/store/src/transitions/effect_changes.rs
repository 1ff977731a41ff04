//! Changes to the ledger of calls that write: begun with the intent, tried, settled with the answer.

use std::collections::BTreeMap;

use cuebook_core::EffectId;
use cuebook_core::clock::{Timestamp, to_micros};
use cuebook_core::effect::{Attempt, EffectState};
use cuebook_core::journal::StepPath;
use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use super::arrive::doubt_if_restored;
use super::steps::number;
use crate::entities::{effect_attempts, effects, runs};
use crate::error::StoreError;
use crate::statements::{given, insert_missing, update_each};
use crate::writer::Tx;

/// A change to the ledger of a call that writes.
#[derive(Debug, Clone)]
pub enum EffectChange {
    /// Recorded with the intent: the effect is `pending`.
    Begin {
        /// The effect.
        id: EffectId,
        /// The function's name.
        kind: String,
        /// The receiver.
        target: String,
        /// The idempotency key.
        key: String,
        /// The step.
        path: StepPath,
        /// When it was wanted.
        at: Timestamp,
    },
    /// One more attempt.
    Attempt {
        /// The effect.
        id: EffectId,
        /// The attempt.
        attempt: Attempt,
    },
    /// It has come to its state.
    Settle {
        /// The effect.
        id: EffectId,
        /// Which.
        state: EffectState,
        /// When.
        at: Timestamp,
    },
}

/// What an effect's row is changed to.
#[derive(Default)]
struct Row {
    attempts: Option<i32>,
    state: Option<&'static str>,
    settled_at: Option<i64>,
}

/// Applies the changes of a batch, in their order.
pub(super) async fn apply(
    tx: &Tx<'_>,
    changes: Vec<(&runs::Model, &EffectChange)>,
) -> Result<(), StoreError> {
    let mut begun = Vec::new();
    let mut asked = Vec::new();
    let mut attempts = Vec::new();
    let mut rows: BTreeMap<Uuid, Row> = BTreeMap::new();
    for (run, change) in changes {
        match change {
            EffectChange::Begin {
                id,
                kind,
                target,
                key,
                path,
                at,
            } => {
                asked.push((run, id.0));
                begun.push(effects::Model {
                    id: id.0,
                    account: run.account.clone(),
                    kind: kind.clone(),
                    state: EffectState::Pending.as_str().to_owned(),
                    target: target.clone(),
                    key: key.clone(),
                    run_id: Some(run.id),
                    event_id: run.event_id,
                    rule: run.rule.clone(),
                    path: path.to_string(),
                    attempts: 0,
                    created_at: to_micros(*at),
                    due_at: None,
                    claimed_at: None,
                    settled_at: None,
                    fence: 0,
                    holder: None,
                    endpoint_id: None,
                });
            }
            EffectChange::Attempt { id, attempt } => {
                rows.entry(id.0).or_default().attempts = Some(number(attempt.number));
                attempts.push(attempt_row(*id, attempt));
            }
            EffectChange::Settle { id, state, at } => {
                let row = rows.entry(id.0).or_default();
                row.state = Some(state.as_str());
                row.settled_at = Some(to_micros(*at));
            }
        }
    }
    // What stands there already stays: a checkpoint whose commit nobody could confirm is recorded again.
    insert_missing(tx, begun).await?;
    insert_missing(tx, attempts).await?;
    doubt_if_restored(tx, asked).await?;
    write(tx, rows).await
}

async fn write(tx: &Tx<'_>, rows: BTreeMap<Uuid, Row>) -> Result<(), StoreError> {
    let rows = rows
        .into_iter()
        .map(|(id, row)| {
            vec![
                Value::from(id),
                row.attempts.into(),
                row.state.map(str::to_owned).into(),
                row.settled_at.into(),
            ]
        })
        .collect();
    // Whatever is not given stays.
    let stays =
        |place, column: effects::Column| given(place).if_null(Expr::col((effects::Entity, column)));
    update_each(
        tx,
        effects::Entity,
        effects::Column::Id,
        vec![
            (
                effects::Column::Attempts,
                stays(2, effects::Column::Attempts),
            ),
            (effects::Column::State, stays(3, effects::Column::State)),
            (
                effects::Column::SettledAt,
                stays(4, effects::Column::SettledAt),
            ),
        ],
        rows,
    )
    .await
}

/// The row of an attempt.
pub(super) fn attempt_row(effect: EffectId, attempt: &Attempt) -> effect_attempts::Model {
    effect_attempts::Model {
        effect_id: effect.0,
        number: number(attempt.number),
        started_at: to_micros(attempt.started_at),
        ended_at: to_micros(attempt.ended_at),
        outcome: attempt.outcome.as_str().to_owned(),
        status: attempt.status.map(i32::from),
        error: attempt.error.clone(),
        answer: attempt.answer.clone(),
    }
}
