//! What would have ended a wait.

use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use cuebook_core::event_wait::EventWait;
use cuebook_core::events::EventType;
use cuebook_core::{Account, EventId, Pid};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::open::Archive;
use crate::entities::events;
use crate::error::StoreError;
use crate::reading::event_of;

/// So many events are looked into at a time; mostly the first is the one.
const ROUND: u64 = 16;

impl Archive {
    /// The first `limit` events about `subject` that came after `own`, in order of arrival.
    pub async fn about(
        &self,
        account: &Account,
        subject: &Pid,
        own: EventId,
        limit: u64,
    ) -> Result<Vec<Event>, StoreError> {
        let rows = events::Entity::find()
            .filter(events::Column::Account.eq(account.0.as_str()))
            .filter(events::Column::Subject.eq(subject.as_str()))
            .filter(events::Column::Id.gt(own.0))
            .order_by_asc(events::Column::Id)
            .limit(limit)
            .all(&self.readers)
            .await?;
        rows.into_iter().map(event_of).collect()
    }

    /// The first event that ends `wait`, of those that came after `own` and are not among `given`.
    pub async fn awaited(
        &self,
        account: &Account,
        wait: &EventWait,
        own: EventId,
        given: &[EventId],
    ) -> Result<Option<Event>, StoreError> {
        let mut after = own;
        loop {
            let rows = events::Entity::find()
                .filter(events::Column::Account.eq(account.0.as_str()))
                .filter(events::Column::Subject.eq(wait.subject.as_str()))
                .filter(events::Column::Id.gt(after.0))
                .filter(events::Column::EventType.is_in(wait.types.iter().map(EventType::as_str)))
                .filter(events::Column::ReceivedAt.lt(to_micros(wait.deadline)))
                .order_by_asc(events::Column::Id)
                .limit(ROUND)
                .all(&self.readers)
                .await?;
            let Some(last) = rows.last() else {
                return Ok(None);
            };
            after = EventId(last.id);
            for row in rows {
                let event = event_of(row)?;
                if !given.contains(&event.id) && wait.is_ended_by(&event) {
                    return Ok(Some(event));
                }
            }
        }
    }
}
