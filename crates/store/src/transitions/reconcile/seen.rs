//! What was seen of changed records before: their changes, how they stood, and how many events were made lately.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use cuebook_core::Account;
use cuebook_core::clock::to_micros;
use cuebook_core::reconcile::{Found, Resource, Snapshot};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::keep_found::FoundPage;
use crate::entities::{reconcile_snapshots, reconciled_changes};
use crate::error::StoreError;
use crate::statements::word;
use crate::writer::Tx;

/// What "lately" is.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// The changes of these records that were looked at before.
pub(super) async fn claimed(
    tx: &Tx<'_>,
    page: &FoundPage,
) -> Result<HashSet<(String, String)>, StoreError> {
    let pids = page.found.iter().map(|found| found.pid.as_str());
    let claimed: Vec<(String, String)> = reconciled_changes::Entity::find()
        .select_only()
        .columns([
            reconciled_changes::Column::Pid,
            reconciled_changes::Column::Change,
        ])
        .filter(reconciled_changes::Column::Account.eq(Account::default().0))
        .filter(reconciled_changes::Column::Resource.eq(page.resource.as_str()))
        .filter(reconciled_changes::Column::Pid.is_in(pids))
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(claimed.into_iter().collect())
}

/// How records stood when they were seen last. What cannot be read is as if it had never been seen.
pub(super) async fn snapshots(
    tx: &Tx<'_>,
    resource: Resource,
    found: &[Found],
) -> Result<HashMap<String, Snapshot>, StoreError> {
    let pids = found.iter().map(|found| found.pid.as_str());
    let rows = reconcile_snapshots::Entity::find()
        .filter(reconcile_snapshots::Column::Account.eq(Account::default().0))
        .filter(reconcile_snapshots::Column::Resource.eq(resource.as_str()))
        .filter(reconcile_snapshots::Column::Pid.is_in(pids))
        .all(tx.db)
        .await?;
    let readable = rows.into_iter().filter_map(|row| {
        let snapshot = serde_json::from_slice(&row.snapshot).ok()?;
        Some((row.pid, snapshot))
    });
    Ok(readable.collect())
}

/// How many events were made within the last hour without asking a person.
pub(super) async fn made_lately(tx: &Tx<'_>) -> Result<u64, StoreError> {
    let made = reconciled_changes::Entity::find()
        .filter(Expr::col(reconciled_changes::Column::Outcome).eq(word("made")))
        .filter(Expr::col(reconciled_changes::Column::At).gt(to_micros(tx.now - HOUR)));
    Ok(made.count(tx.db).await?)
}
