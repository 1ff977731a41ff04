//! Gives events to the steps that wait for them.

use cuebook_core::CallError;
use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use crate::entities::{steps, waits};
use crate::error::StoreError;
use crate::reading::answer_of;
use crate::statements::{given, update_each_by};
use crate::transitions::queue_again::queue_again;
use crate::transitions::steps::json;
use crate::writer::Tx;

/// An event for a step that waits for it.
pub(super) struct Gift {
    run: Uuid,
    generation: i32,
    path: String,
    event: Uuid,
    threw: bool,
    answer: Vec<u8>,
}

impl Gift {
    /// `event`, for the step at `path`.
    pub(super) fn new(
        (run, generation, path): (Uuid, i32, String),
        event: &Event,
    ) -> Result<Self, StoreError> {
        let answer = json(&event.to_value())?;
        // What a journal could not be read with again must not come into it: the script gets an error in its place.
        let (threw, answer) = match answer_of(Some(false), Some(&answer)) {
            Ok(_) => (false, answer),
            Err(_) => (true, json(&too_deep(event))?),
        };
        Ok(Self {
            run,
            generation,
            path,
            event: event.id.0,
            threw,
            answer,
        })
    }
}

fn too_deep(event: &Event) -> CallError {
    CallError::invalid(format!(
        "wait_for: the event {} came, and its payload is nested too deep for a script",
        event.id
    ))
}

/// Answers the steps, queues their runs again, and takes their waits away.
pub(super) async fn give(tx: &Tx<'_>, mut gifts: Vec<Gift>) -> Result<(), StoreError> {
    if gifts.is_empty() {
        return Ok(());
    }
    // Of one lane, the run that came first is the first again.
    gifts.sort_by_key(|gift| gift.run);
    let runs: Vec<Uuid> = gifts.iter().map(|gift| gift.run).collect();
    let rows = gifts.into_iter().map(|gift| {
        vec![
            Value::from(gift.run),
            gift.generation.into(),
            gift.path.into(),
            gift.event.into(),
            gift.threw.into(),
            gift.answer.into(),
        ]
    });
    update_each_by(
        tx,
        steps::Entity,
        &[
            steps::Column::RunId,
            steps::Column::Generation,
            steps::Column::Path,
        ],
        Some(Expr::col((steps::Entity, steps::Column::Answer)).is_null()),
        vec![
            (steps::Column::EventId, given(4)),
            (steps::Column::Threw, given(5)),
            (steps::Column::Answer, given(6)),
            (steps::Column::EndedAt, Expr::value(to_micros(tx.now))),
            (steps::Column::Attempts, Expr::value(1_i32)),
        ],
        rows.collect(),
    )
    .await?;
    queue_again(tx, &runs).await?;
    forget_waits(tx, &runs).await
}

/// Takes the waits of these runs away.
pub(crate) async fn forget_waits(tx: &Tx<'_>, runs: &[Uuid]) -> Result<(), StoreError> {
    for runs in runs.chunks(1_000) {
        waits::Entity::delete_many()
            .filter(waits::Column::RunId.is_in(runs.iter().copied()))
            .exec(tx.db)
            .await?;
    }
    Ok(())
}
