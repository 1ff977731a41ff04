//! Claims a key for a run: `once`. The claim and its answer in the run's journal are one transaction; the run stays
//! `running`.
//!
//! A key of a rule is one run's at a time: the first that asks gets it, whoever asks at the same time on whatever node,
//! since the primary key decides and not a look beforehand. For the run that has it, it is true again. It is free again when
//! its time is over, and when its run fails or is cancelled (see `free_keys`). If the process dies before the commit,
//! nothing was claimed; if after, the answer stands in the journal.

use cuebook_core::clock::to_micros;
use cuebook_core::journal::StepRecord;
use cuebook_core::rule::RuleName;
use cuebook_core::{Account, RunId, Timestamp, Value};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::held_runs::HeldRuns;
use crate::entities::claims;
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A key that a run wants for itself.
#[derive(Debug, Clone)]
pub struct KeyClaim {
    /// The account.
    pub account: Account,
    /// The rule.
    pub rule: RuleName,
    /// Whether the run only tries out: its claims are apart from those of real runs.
    pub captured: bool,
    /// The key.
    pub key: String,
    /// Until when; for good, where it says nothing.
    pub until: Option<Timestamp>,
    /// The step that asks, to be recorded with the answer.
    pub step: StepRecord,
}

/// A request for a key.
pub(crate) struct ClaimKey {
    checkpoint: Checkpoint,
    claim: KeyClaim,
}

impl Store {
    /// Claims a key for a running run and records what else the run has gathered. Gives the step with its answer: `true` if
    /// the run has the key now, `false` if another has it.
    pub async fn claim_key(
        &self,
        checkpoint: Checkpoint,
        claim: KeyClaim,
    ) -> Result<StepRecord, StoreError> {
        self.inner
            .writer
            .submit(ClaimKey { checkpoint, claim })
            .await
    }
}

impl Transition for ClaimKey {
    type Output = StepRecord;
    const ORDER: Order = Order::Record;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<StepRecord> {
        let held = HeldRuns::load(tx, batch.iter().map(|request| request.checkpoint.run)).await?;
        let mut checkpoints = Vec::with_capacity(batch.len());
        let mut steps = Vec::with_capacity(batch.len());
        for request in batch {
            let mut step = request.claim.step.clone();
            let mut checkpoint = request.checkpoint.clone();
            if held.check(checkpoint.run, checkpoint.fence).is_ok() {
                let has_it = claim(tx, checkpoint.run, &request.claim).await?;
                step.answer = Some(Ok(Value::Bool(has_it)));
                step.ended_at = Some(tx.now);
                step.attempts = 1;
                checkpoint.steps.push(step.clone());
            }
            checkpoints.push(checkpoint);
            steps.push(step);
        }
        let recorded = Checkpoint::apply(&checkpoints, tx).await?;
        let answer = |(recorded, step): (Result<(), StoreError>, _)| recorded.map(|()| step);
        Ok(recorded.into_iter().zip(steps).map(answer).collect())
    }
}

async fn claim(tx: &Tx<'_>, run: RunId, wanted: &KeyClaim) -> Result<bool, StoreError> {
    let now = tx.now_micros();
    let row = claims::Model {
        account: wanted.account.to_string(),
        rule: wanted.rule.to_string(),
        captured: wanted.captured,
        key: wanted.key.clone(),
        run_id: run.0,
        claimed_at: now,
        expires_at: wanted.until.map(to_micros),
    };
    let there = |column| Expr::col((claims::Entity, column));
    let mine = there(claims::Column::RunId).eq(run.0);
    let is_over = there(claims::Column::ExpiresAt).lte(now);
    let take = OnConflict::columns([
        claims::Column::Account,
        claims::Column::Rule,
        claims::Column::Captured,
        claims::Column::Key,
    ])
    .update_columns([
        claims::Column::RunId,
        claims::Column::ClaimedAt,
        claims::Column::ExpiresAt,
    ])
    .action_and_where(mine.or(is_over))
    .to_owned();
    let taken = claims::Entity::insert(row.into_active_model())
        .on_conflict(take)
        .exec_without_returning(tx.db)
        .await?;
    Ok(taken > 0)
}

/// Frees the keys of runs that have failed or were cancelled.
pub(crate) async fn free_keys(tx: &Tx<'_>, runs: &[Uuid]) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    claims::Entity::delete_many()
        .filter(claims::Column::RunId.is_in(runs.iter().copied()))
        .exec(tx.db)
        .await?;
    Ok(())
}
