//! What the transitions of a running run have in common: check the fence, record the checkpoint, write the segment,
//! change the run.

use std::collections::{BTreeSet, HashSet};

use cuebook_core::journal::StepPath;
use cuebook_core::rule::VersionHash;
use cuebook_core::run::RunState;
use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use super::checkpoint::Checkpoint;
use super::claim_key::free_keys;
use super::descendants::Families;
use super::effect_changes;
use super::held_runs::HeldRuns;
use super::remember::Remembered;
use super::segment::{self, Segment};
use super::steps::{Steps, forget_steps, write_logs};
use crate::entities::runs;
use crate::error::StoreError;
use crate::statements::{given, update_each};
use crate::writer::{Applied, Tx};

/// One request about a running run.
pub(super) struct Ending<'a> {
    pub(super) checkpoint: &'a Checkpoint,
    pub(super) segment: Option<&'a Segment>,
    pub(super) forget: &'a [StepPath],
    pub(super) change: RunChange<'a>,
}

/// What becomes of the run.
pub(super) struct RunChange<'a> {
    pub(super) state: RunState,
    pub(super) code: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    pub(super) wake_at: Option<i64>,
}

/// Applies a batch of requests about running runs.
pub(super) async fn apply(tx: &Tx<'_>, endings: &[Ending<'_>]) -> Applied<()> {
    let held = HeldRuns::load(tx, endings.iter().map(|ending| ending.checkpoint.run)).await?;
    let mut ended = HashSet::new();
    let mut results = Vec::with_capacity(endings.len());
    let mut good = Vec::with_capacity(endings.len());
    let mut families = Families::load(tx, parents(&held, endings)).await?;
    let mut remembered = Remembered::default();
    for ending in endings {
        let checkpoint = ending.checkpoint;
        let held = match held.check(checkpoint.run, checkpoint.fence) {
            Ok(_) if ended.contains(&checkpoint.run) => Err(StoreError::Fenced),
            held => held,
        };
        let allowed = match (held, ending.segment) {
            (Ok(run), Some(segment)) => allow(tx, run, segment, &mut families, &mut remembered)
                .await
                .map(|()| run),
            (held, _) => held,
        };
        let result = match allowed {
            Ok(run) => {
                good.push((run, ending));
                if ending.change.state != RunState::Running {
                    ended.insert(checkpoint.run);
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        results.push(result);
    }
    record(tx, &good, &families).await?;
    remembered.write(tx).await?;
    let failed = good
        .iter()
        .filter(|(_, ending)| ending.change.state == RunState::Failed);
    free_keys(tx, &failed.map(|(run, _)| run.id).collect::<Vec<_>>()).await?;
    change_runs(tx, &good).await?;
    Ok(results)
}

/// The events whose runs emit.
fn parents(held: &HeldRuns, endings: &[Ending<'_>]) -> BTreeSet<Uuid> {
    let emits = |ending: &&Ending<'_>| ending.segment.is_some_and(|s| !s.emitted.is_empty());
    endings
        .iter()
        .filter(emits)
        .filter_map(|ending| {
            let checkpoint = ending.checkpoint;
            held.check(checkpoint.run, checkpoint.fence).ok()
        })
        .map(|run| run.event_id)
        .collect()
}

/// Whether a segment may end with what it has: nothing of one that may not is written.
async fn allow(
    tx: &Tx<'_>,
    run: &runs::Model,
    segment: &Segment,
    families: &mut Families,
    remembered: &mut Remembered,
) -> Result<(), StoreError> {
    families.check(run.event_id, segment.emitted.len())?;
    remembered.add(tx, segment).await?;
    families.add(run.event_id, segment.emitted.len());
    Ok(())
}

type Good<'a> = (&'a runs::Model, &'a Ending<'a>);

async fn record(tx: &Tx<'_>, good: &[Good<'_>], families: &Families) -> Result<(), StoreError> {
    for (run, ending) in good {
        forget_steps(tx, run.id, run.generation, ending.forget).await?;
    }
    let mut steps = Steps::default();
    for (run, ending) in good {
        for step in &ending.checkpoint.steps {
            steps.add(run.id, run.generation, step)?;
        }
    }
    let segments = good
        .iter()
        .filter_map(|(run, ending)| Some((*run, ending.segment?)));
    segment::write(tx, segments, families, &mut steps).await?;
    steps.write(tx).await?;
    let mut lines = Vec::new();
    let mut changes = Vec::new();
    for (run, ending) in good {
        for line in &ending.checkpoint.logs {
            lines.push((run.id, run.generation, line));
        }
        for change in &ending.checkpoint.effects {
            changes.push((*run, change));
        }
    }
    write_logs(tx, lines).await?;
    effect_changes::apply(tx, changes).await
}

async fn change_runs(tx: &Tx<'_>, good: &[Good<'_>]) -> Result<(), StoreError> {
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(good.len());
    // The last request about a run decides, since only the last can end it.
    for (run, ending) in good.iter().rev() {
        if !seen.insert(run.id) {
            continue;
        }
        let change = &ending.change;
        let recorded = change.state != RunState::Running || !ending.checkpoint.is_empty();
        let is_cleared = recorded && run.claims > 1;
        if is_cleared || (change.state != RunState::Running && run.lane.is_some()) {
            tx.ready.runs();
        }
        if change.wake_at.is_some() {
            tx.ready.timers();
        }
        rows.push(vec![
            Value::from(run.id),
            change.state.as_str().into(),
            change.code.map(str::to_owned).into(),
            change.reason.map(str::to_owned).into(),
            change.wake_at.into(),
            change.state.has_ended().then_some(tx.now_micros()).into(),
            pinned_to(&ending.checkpoint.version).into(),
            if recorded { 0_i32 } else { run.claims }.into(),
            (change.state == RunState::Running)
                .then_some(run.holder)
                .flatten()
                .into(),
        ]);
    }
    let pinned = Expr::col((runs::Entity, runs::Column::RuleVersion)).if_null(given(7));
    update_each(
        tx,
        runs::Entity,
        runs::Column::Id,
        vec![
            (runs::Column::State, given(2)),
            (runs::Column::Code, given(3)),
            (runs::Column::Reason, given(4)),
            (runs::Column::WakeAt, given(5)),
            (runs::Column::EndedAt, given(6)),
            (runs::Column::RuleVersion, pinned),
            (runs::Column::Claims, given(8)),
            (runs::Column::Holder, given(9)),
        ],
        rows,
    )
    .await
}

/// The version to pin a run to; a run that ends before it took a step on any names none.
fn pinned_to(version: &VersionHash) -> Option<String> {
    (!version.0.is_empty()).then(|| version.0.clone())
}
