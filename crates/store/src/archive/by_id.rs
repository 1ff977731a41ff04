//! One run of the past, and what it led to.

use cuebook_core::event::Event;
use cuebook_core::{EventId, RunId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::open::Archive;
use super::runs::PastRun;
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::reading::{event_of, run_of};

impl Archive {
    /// The run with this id.
    pub async fn run(&self, id: RunId) -> Result<Option<PastRun>, StoreError> {
        let Some(row) = runs::Entity::find_by_id(id.0).one(&self.readers).await? else {
            return Ok(None);
        };
        let run = run_of(row)?;
        let rules = [run.rule.clone()];
        let mut found = self.runs(&[run.event_id], Some(&rules)).await?;
        let of_event = found.remove(&run.event_id).unwrap_or_default();
        Ok(of_event.into_iter().find(|past| past.run.id == id))
    }

    /// The events that rules emitted because of `event`, in order.
    pub async fn emitted(&self, event: EventId) -> Result<Vec<Event>, StoreError> {
        let rows = events::Entity::find()
            .filter(events::Column::Parent.eq(event.0))
            .order_by_asc(events::Column::Id)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(event_of).collect()
    }
}
