//! Deliveries to endpoints: what endpoints answered, of events and of tests, behind which there is no event. One that names
//! somebody is found by itself; its event is found only where that names somebody, too.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::looking::Matcher;
use super::effects::{Texts, add_bodies_and_attempts};
use super::{Batch, Text, look};
use crate::entities::effects::{Column, Entity};
use crate::error::StoreError;
use crate::store::Store;

/// How many are looked at together: an answer is kept as far as its first KiB.
const DELIVERIES: u64 = 64;

/// Looks at the next effects after one that belong to no run, of those that were made by `cutoff`.
pub(in crate::privacy) async fn look_at_deliveries(
    store: &Store,
    matcher: &Matcher,
    after: Option<Uuid>,
    cutoff: i64,
) -> Result<Batch, StoreError> {
    let mut select = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Target])
        .filter(Column::RunId.is_null())
        .filter(Column::CreatedAt.lte(cutoff))
        .order_by_asc(Column::Id)
        .limit(DELIVERIES);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    let rows: Vec<(Uuid, String)> = select.into_tuple().all(store.readers()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let mut texts: Texts = rows
        .into_iter()
        .map(|(id, target)| (id, vec![Text::Plain(target.into_bytes())]))
        .collect();
    let owner_of: HashMap<Uuid, Uuid> = ids.iter().map(|id| (*id, *id)).collect();
    add_bodies_and_attempts(store, &owner_of, &mut texts).await?;
    let seen = look(matcher, texts.into_iter().collect()).await?;
    Ok(Batch::of(&ids, seen))
}
