//! Events: their bytes as they came, their headers and what was said about them.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::super::looking::Matcher;
use super::{Batch, Text, look};
use crate::entities::events::{Column, Entity};
use crate::error::StoreError;
use crate::store::Store;

/// How many are looked at together: a body has 1 MiB at most, and most have less than one KiB.
const EVENTS: u64 = 64;
/// A pid of so many characters means one thing only.
const DISTINCT: usize = 8;
/// How a body ends whose time to be kept is over.
const GIVEN_UP: &[u8] = br#""expired":true}"#;

/// What is read of one.
type Row = (
    Uuid,
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<u8>,
    Vec<u8>,
);

/// Looks at the next events after one, of those that had come by `cutoff`.
pub(in crate::privacy) async fn look_at_events(
    store: &Store,
    matcher: &Matcher,
    after: Option<Uuid>,
    cutoff: i64,
) -> Result<Batch, StoreError> {
    let come = Entity::find().filter(Column::ReceivedAt.lte(cutoff));
    look_at(store, matcher, come, after).await
}

/// Looks at the next of some events after one.
pub(super) async fn look_at(
    store: &Store,
    matcher: &Matcher,
    events: Select<Entity>,
    after: Option<Uuid>,
) -> Result<Batch, StoreError> {
    let mut select = events
        .select_only()
        .columns([
            Column::Id,
            Column::Subject,
            Column::WireType,
            Column::Reason,
            Column::Headers,
            Column::Body,
        ])
        .order_by_asc(Column::Id)
        .limit(EVENTS);
    if let Some(after) = after {
        select = select.filter(Column::Id.gt(after));
    }
    let rows: Vec<Row> = select.into_tuple().all(store.readers()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let texts = rows
        .into_iter()
        .map(|(id, subject, wire_type, reason, headers, body)| {
            // A short pid may be a booking's or a person's: the body says which, unless it has been given up.
            let is_told = |pid: &String| pid.len() < DISTINCT && !body.ends_with(GIVEN_UP);
            let subject = subject.filter(|pid| !is_told(pid));
            let mut texts = vec![Text::Plain(headers), Text::Raw(body)];
            texts.extend(subject.map(Text::Pid));
            let plain = [wire_type, reason].into_iter().flatten();
            texts.extend(plain.map(|text| Text::Plain(text.into_bytes())));
            (id, texts)
        })
        .collect();
    Ok(Batch::of(&ids, look(matcher, texts).await?))
}
