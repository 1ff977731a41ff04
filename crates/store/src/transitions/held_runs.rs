//! Who still holds what: the check that every transition of a run begins with.

use std::collections::HashMap;

use cuebook_core::RunId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::runs;
use crate::error::StoreError;
use crate::writer::Tx;

/// The running runs among those that a batch is about.
pub(super) struct HeldRuns(HashMap<Uuid, runs::Model>);

impl HeldRuns {
    /// Looks the runs up, and locks them where others may write too.
    pub(super) async fn load(
        tx: &Tx<'_>,
        runs: impl IntoIterator<Item = RunId>,
    ) -> Result<Self, StoreError> {
        let (mut held, mut unknown) = (HashMap::new(), Vec::new());
        for run in runs {
            match tx.known.claims().take_run(run.0) {
                Some(row) => {
                    held.insert(run.0, row);
                }
                None if held.contains_key(&run.0) => {}
                None => unknown.push(run.0),
            }
        }
        if unknown.is_empty() {
            return Ok(Self(held));
        }
        let mut select = runs::Entity::find()
            .filter(runs::Column::Id.is_in(unknown))
            .filter(runs::Column::State.eq("running"))
            // Always in the same order, so that two nodes never wait for each other.
            .order_by_asc(runs::Column::Id);
        if tx.is_shared() {
            select = select.lock_exclusive();
        }
        let rows = select.all(tx.db).await?;
        held.extend(rows.into_iter().map(|row| (row.id, row)));
        Ok(Self(held))
    }

    /// The run, if it is running and the fence is that of its last claim.
    pub(super) fn check(&self, run: RunId, fence: i64) -> Result<&runs::Model, StoreError> {
        self.0
            .get(&run.0)
            .filter(|row| row.fence == fence)
            .ok_or(StoreError::Fenced)
    }
}
