//! Takes in what troubles there are now: raises those that are new, and resolves those that are over.
//!
//! A new one is to be told at once. One that has grown since it was told is told again, an hour after at the earliest; one that
//! lasts, once a day; one that is over, if anybody was told of it. Which node looks makes no difference: a trouble is raised once.
//! If the process dies before the commit, the next look does the same.

use std::collections::HashMap;

use chrono::TimeDelta;
use cuebook_core::alert::{AlertKind, Trouble};
use cuebook_core::clock::to_micros;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};

use super::claim::LEASE;
use crate::entities::alerts;
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How long after it was told a trouble that has grown is told again.
const GROWN: TimeDelta = TimeDelta::hours(1);

struct Raise(Vec<Trouble>);

impl Store {
    /// Takes in all troubles that there are now.
    pub async fn raise_alerts(&self, troubles: Vec<Trouble>) -> Result<(), StoreError> {
        self.inner.writer.submit(Raise(troubles)).await
    }
}

impl Transition for Raise {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        // Each look is about everything, so the last one is what counts.
        if let Some(Raise(troubles)) = batch.last() {
            raise(tx, troubles).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

async fn raise(tx: &Tx<'_>, troubles: &[Trouble]) -> Result<(), StoreError> {
    let mut seen: HashMap<(AlertKind, String), &Trouble> = troubles
        .iter()
        .map(|trouble| ((trouble.kind, trouble.about.clone()), trouble))
        .collect();
    let raised = alerts::Entity::find()
        .filter(alerts::Column::ResolvedAt.is_null())
        .all(tx.db)
        .await?;
    for row in raised {
        let kind = AlertKind::from_word(&row.kind);
        match kind.and_then(|kind| seen.remove(&(kind, row.about.clone()))) {
            Some(trouble) => see(tx, row, trouble).await?,
            None => resolve(tx, row).await?,
        }
    }
    let new = seen.into_values().map(|trouble| new(tx, trouble)).collect();
    insert_missing(tx, new).await
}

fn new(tx: &Tx<'_>, trouble: &Trouble) -> alerts::Model {
    alerts::Model {
        id: tx.id(),
        kind: trouble.kind.as_str().to_owned(),
        about: trouble.about.clone(),
        number: number(trouble),
        detail: trouble.detail.clone(),
        raised_at: tx.now_micros(),
        seen_at: tx.now_micros(),
        resolved_at: None,
        due_at: Some(tx.now_micros()),
        told_at: None,
        told_number: 0,
        attempts: 0,
        error: None,
    }
}

async fn see(tx: &Tx<'_>, row: alerts::Model, trouble: &Trouble) -> Result<(), StoreError> {
    // One that is being told, or could not be, has its own time: it says the new number then anyway.
    let is_left_alone = row.attempts > 0
        || row
            .due_at
            .is_some_and(|due| due <= tx.now_micros() + micros(LEASE));
    let due = match (row.told_at, row.due_at) {
        (Some(told), Some(due)) if number(trouble) > row.told_number && !is_left_alone => {
            Some(due.min(told + micros(GROWN)))
        }
        (_, due) => due,
    };
    let mut change = row.into_active_model();
    change.number = Set(number(trouble));
    change.detail = Set(trouble.detail.clone());
    change.seen_at = Set(tx.now_micros());
    change.due_at = Set(due);
    change.update(tx.db).await?;
    Ok(())
}

async fn resolve(tx: &Tx<'_>, row: alerts::Model) -> Result<(), StoreError> {
    let due = row.told_at.map(|_| to_micros(tx.now));
    let mut change = row.into_active_model();
    change.resolved_at = Set(Some(tx.now_micros()));
    change.due_at = Set(due);
    change.update(tx.db).await?;
    Ok(())
}

fn number(trouble: &Trouble) -> i64 {
    i64::try_from(trouble.number).unwrap_or(i64::MAX)
}

fn micros(delta: TimeDelta) -> i64 {
    delta.num_microseconds().unwrap_or(i64::MAX)
}
