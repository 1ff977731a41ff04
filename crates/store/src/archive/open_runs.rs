//! Runs that are not over, as a replay needs them.

use std::collections::HashMap;

use cuebook_core::event::Event;
use cuebook_core::journal::Journal;
use cuebook_core::rule::VersionHash;
use cuebook_core::run::{Run, RunState};
use cuebook_core::{EventId, RunId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::open::Archive;
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::queries::{read_journal, version_files};
use crate::reading::{event_of, run_of};
use crate::transitions::StoredVersion;

/// The states of runs that are not over.
const OPEN: [RunState; 3] = [RunState::Ready, RunState::Running, RunState::Waiting];

/// A run that is not over and has taken a step.
#[derive(Debug, Clone)]
pub struct OpenRun {
    /// The run; it is pinned to a version.
    pub run: Run,
    /// Its event; `None` where that is no longer stored.
    pub event: Option<Event>,
    /// What it has asked and was answered.
    pub journal: Journal,
}

impl Archive {
    /// The next `limit` runs that are not over and have taken a step, from behind `after`.
    pub async fn open_runs(
        &self,
        after: Option<RunId>,
        limit: u64,
    ) -> Result<Vec<OpenRun>, StoreError> {
        let mut select = runs::Entity::find()
            .filter(runs::Column::State.is_in(OPEN.map(RunState::as_str)))
            .filter(runs::Column::RuleVersion.is_not_null());
        if let Some(after) = after {
            select = select.filter(runs::Column::Id.gt(after.0));
        }
        let rows = select
            .order_by_asc(runs::Column::Id)
            .limit(limit)
            .all(&self.readers)
            .await?;
        let of_events = rows.iter().map(|row| row.event_id);
        let found = events::Entity::find()
            .filter(events::Column::Id.is_in(of_events))
            .all(&self.readers)
            .await?;
        let found: HashMap<EventId, Event> = found
            .into_iter()
            .map(|row| event_of(row).map(|event| (event.id, event)))
            .collect::<Result<_, _>>()?;
        let mut open = Vec::with_capacity(rows.len());
        for row in rows {
            let run = run_of(row)?;
            open.push(OpenRun {
                journal: read_journal(&self.readers, run.id).await?,
                // An event may have several runs.
                event: found.get(&run.event_id).cloned(),
                run,
            });
        }
        Ok(open)
    }

    /// The files of a rule version.
    pub async fn rule_files(
        &self,
        version: &VersionHash,
    ) -> Result<Option<StoredVersion>, StoreError> {
        version_files(&self.readers, version).await
    }
}
