//! Copies that were made of what was found after it was asked for: an event that was replayed, one that a run emitted. They
//! come later than what is searched, and say the same.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::super::counts::items;
use super::super::looking::Matcher;
use super::events::look_at;
use crate::entities::events::{Column, Entity};
use crate::entities::runs;
use crate::error::StoreError;
use crate::store::Store;

/// The events that came after `cutoff` of events and runs that a request has found, that name somebody, and that are not
/// among what it has found.
pub(in crate::privacy) async fn named_copies(
    store: &Store,
    matcher: &Matcher,
    request: Uuid,
    cutoff: i64,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let of_runs = runs::Entity::find()
        .select_only()
        .column(runs::Column::EventId)
        .filter(runs::Column::Id.in_subquery(items(request, "run")))
        .into_query();
    let of_found = Condition::any()
        .add(Column::Parent.in_subquery(items(request, "event")))
        .add(Column::Parent.in_subquery(of_runs));
    let copies = Entity::find()
        .filter(Column::ReceivedAt.gt(cutoff))
        .filter(of_found)
        .filter(Column::Id.not_in_subquery(items(request, "event")));
    let mut named = BTreeSet::new();
    let mut after = None;
    loop {
        let batch = look_at(store, matcher, copies.clone(), after).await?;
        named.extend(batch.named);
        let Some(last) = batch.last else {
            return Ok(named);
        };
        after = Some(last);
    }
}
