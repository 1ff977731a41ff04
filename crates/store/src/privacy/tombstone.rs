//! What stands in the place of what was erased.

use std::collections::HashSet;

use cuebook_core::event::Event;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::{Map, Value as Json};

use uuid::Uuid;

use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::writer::Tx;

/// The word in the place of a text, and for why a run or an event is as it is.
pub(crate) const ERASED: &str = "erased";
/// How the body of an erased event ends.
const END: &[u8] = br#""erased":true}"#;

/// The body of an erased event of this type: a message that says nothing but that.
pub(super) fn body(event_type: Option<&str>) -> Vec<u8> {
    let mut start = Map::new();
    if let Some(event_type) = event_type {
        start.insert("type".to_owned(), Json::from(event_type));
        start.insert("payload".to_owned(), Json::Null);
    }
    let mut body = Json::Object(start).to_string().into_bytes();
    body.pop();
    if event_type.is_some() {
        body.push(b',');
    }
    body.extend_from_slice(END);
    body
}

/// Whether nothing of the event is left but that there was one: it cannot be replayed.
pub fn is_erased(event: &Event) -> bool {
    event.headers.is_empty() && event.body.ends_with(END)
}

/// Those of these events of which nothing is left, for whoever is about to copy them. The others stay as they are until
/// that is committed: an erasure then finds the copy.
pub(crate) async fn erased_events(tx: &Tx<'_>, ids: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut select = events::Entity::find()
        .select_only()
        .columns([
            events::Column::Id,
            events::Column::Headers,
            events::Column::Body,
        ])
        .filter(events::Column::Id.is_in(ids.iter().copied()));
    if tx.is_shared() {
        select = select.lock_shared();
    }
    let rows: Vec<(Uuid, Vec<u8>, Vec<u8>)> = select.into_tuple().all(tx.db).await?;
    let erased = rows
        .into_iter()
        .filter(|(_, headers, body)| headers == b"[]" && body.ends_with(END));
    Ok(erased.map(|(id, ..)| id).collect())
}

/// Whether nothing of the run is left but that there was one.
pub(crate) fn is_erased_run(run: &runs::Model) -> bool {
    run.code.as_deref() == Some(ERASED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_an_erased_event_is_still_json_and_a_message_if_it_was_one() {
        let body = body(Some("new-booking"));
        assert_eq!(
            std::str::from_utf8(&body).unwrap(),
            r#"{"payload":null,"type":"new-booking","erased":true}"#
        );
        assert_eq!(super::body(None), br#"{"erased":true}"#);
    }
}
