//! Which events are wanted, and how many there are.

use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use cuebook_core::{EventId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::open::Archive;
use crate::entities::events;
use crate::error::StoreError;
use crate::reading::event_of;

/// Which events are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct EventRange {
    /// Of one of these types; of any if empty.
    pub types: Vec<String>,
    /// Received at or after this instant.
    pub since: Option<Timestamp>,
    /// Received before this instant.
    pub until: Option<Timestamp>,
    /// Also those that were only tried out, whose effects are captured.
    pub with_captured: bool,
}

impl Archive {
    /// The event with this id.
    pub async fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        let row = events::Entity::find_by_id(id.0).one(&self.readers).await?;
        row.map(event_of).transpose()
    }

    /// How many events there are in the range.
    pub async fn count(&self, range: &EventRange) -> Result<u64, StoreError> {
        let select = events::Entity::find().filter(condition(range));
        Ok(select.count(&self.readers).await?)
    }
}

/// What narrows events down to a range.
pub(super) fn condition(range: &EventRange) -> Condition {
    let types = (!range.types.is_empty())
        .then(|| events::Column::EventType.is_in(range.types.iter().cloned()));
    let since = range.since.map(|since| {
        // Ids hold the moment of acceptance, which is never before that of receipt: so the index finds the beginning.
        events::Column::Id
            .gte(first_id(since))
            .and(events::Column::ReceivedAt.gte(to_micros(since)))
    });
    let until = range
        .until
        .map(|until| events::Column::ReceivedAt.lt(to_micros(until)));
    Condition::all()
        .add(Expr::col((events::Entity, events::Column::Disposition)).is_in(["queued", "no_rule"]))
        .add(events::Column::EventType.is_not_null())
        // Of what is no longer kept there is nothing left that a rule could be given.
        .add(
            Condition::any()
                .add(events::Column::Reason.is_null())
                .add(events::Column::Reason.ne(crate::retention::REASON)),
        )
        .add_option((!range.with_captured).then(|| events::Column::Capture.eq(false)))
        .add_option(types)
        .add_option(since)
        .add_option(until)
}

/// The smallest id that can be made at `at`.
fn first_id(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}
