//! Writes what becomes ready as claimed already where this process's worker has a hand for it (see [`crate::hands`]): a run as
//! `running`, a send as claimed. It is handed over after the commit.
//!
//! If the process dies before the commit, there is nothing; if after, it was claimed, and is taken over as such. Whatever
//! keeps a claim from taking something keeps it out of here: a stop, a suspect, another of its lane.

use std::collections::HashSet;

use cuebook_core::effect::EffectState;
use cuebook_core::run::RunState;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::claim_runs::claimed_run;
use super::claim_sends::claimed_send;
use super::stop::{Stopped, StoppedRules};
use crate::entities::{effect_bodies, effects, runs};
use crate::error::StoreError;
use crate::statements::word;
use crate::writer::Tx;

/// Claims those of the new runs that may begin at once. They are not written yet.
pub(super) async fn begin_runs(tx: &Tx<'_>, rows: &mut [runs::Model]) -> Result<(), StoreError> {
    if tx.is_shared() || !tx.hands.runs.is_open() || !tx.known.no_suspects() {
        return Ok(());
    }
    let stopped = StoppedRules::load(tx, &[Stopped::Everything]).await?;
    if stopped.all {
        return Ok(());
    }
    let mut taken = taken_lanes(tx, rows).await?;
    for row in rows {
        if let Some(lane) = &row.lane
            && !taken.insert(lane.clone())
        {
            continue;
        }
        // One that an event of the same group ends must be found waiting.
        let may_begin = row.state == RunState::Ready.as_str() && row.cancel_on.is_none();
        if !may_begin || stopped.rules.contains(&row.rule) || !tx.hands.runs.reserve() {
            continue;
        }
        RunState::Running.as_str().clone_into(&mut row.state);
        (row.fence, row.claims) = (1, 1);
        row.holder = Some(tx.node);
        row.started_at = Some(tx.now_micros());
        tx.known.claims().learn_run(row);
        tx.ready.hand_run(claimed_run(row.clone())?);
    }
    Ok(())
}

/// The lanes of `rows` in which another run is ready or running.
async fn taken_lanes(tx: &Tx<'_>, rows: &[runs::Model]) -> Result<HashSet<String>, StoreError> {
    let lanes: HashSet<&str> = rows.iter().filter_map(|row| row.lane.as_deref()).collect();
    if lanes.is_empty() {
        return Ok(HashSet::new());
    }
    let state = || Expr::col(runs::Column::State);
    let in_lane = state().is_in([word("ready"), word("running")]);
    let found: Vec<Option<String>> = runs::Entity::find()
        .select_only()
        .column(runs::Column::Lane)
        .filter(runs::Column::Lane.is_in(lanes))
        .filter(in_lane)
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(found.into_iter().flatten().collect())
}

/// Claims those of the new sends that may go out at once. They are not written yet; each is given with what it sends.
pub(super) async fn begin_sends<'a>(
    tx: &Tx<'_>,
    sends: impl IntoIterator<Item = (&'a mut effects::Model, &'a effect_bodies::Model)>,
) -> Result<(), StoreError> {
    if tx.is_shared() || !(tx.hands.sends.is_open() || tx.hands.mails.is_open()) {
        return Ok(());
    }
    let stopped = StoppedRules::load(tx, &[Stopped::Everything, Stopped::Sends]).await?;
    if stopped.all {
        return Ok(());
    }
    for (row, body) in sends {
        let is_due = row.state == EffectState::Pending.as_str() && row.due_at.is_some();
        if !is_due || stopped.rules.contains(&row.rule) || !tx.hands.for_send(&row.kind).reserve() {
            continue;
        }
        row.fence = 1;
        row.claimed_at = Some(tx.now_micros());
        row.holder = Some(tx.node);
        tx.known.claims().learn_send(row);
        tx.ready.hand_send(claimed_send(row, Some(body.clone()))?);
    }
    Ok(())
}
