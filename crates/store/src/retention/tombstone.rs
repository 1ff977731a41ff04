//! What stands in the place of a message that is no longer kept: a message that says nothing but that.

use cuebook_core::event::Event;
use sea_orm::{EntityTrait, QuerySelect};
use serde_json::json;

use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::writer::Tx;

/// How such a body ends.
const END: &[u8] = br#""type":null,"expired":true}"#;
/// The same where there was a type.
const MARK: &[u8] = br#""expired":true}"#;

/// The body of an event of this type whose own is gone.
pub(super) fn body(event_type: Option<&str>) -> Vec<u8> {
    let Some(event_type) = event_type else {
        return [b"{", END].concat();
    };
    let start = json!({"type": event_type}).to_string();
    let mut body = start.trim_end_matches('}').as_bytes().to_vec();
    body.extend_from_slice(br#","payload":null,"#);
    body.extend_from_slice(MARK);
    body
}

/// Whether what the run's event and its journal said is no longer kept: it cannot go on.
pub(crate) async fn is_expired_run(tx: &Tx<'_>, run: &runs::Model) -> Result<bool, StoreError> {
    let body: Option<Vec<u8>> = events::Entity::find_by_id(run.event_id)
        .select_only()
        .column(events::Column::Body)
        .into_tuple()
        .one(tx.db)
        .await?;
    Ok(body.is_some_and(|body| is_expired_body(&body)))
}

/// Whether these bytes stand in the place of others.
fn is_expired_body(body: &[u8]) -> bool {
    body.ends_with(MARK)
}

/// Whether what the event said is no longer kept: it cannot be replayed.
pub fn is_expired(event: &Event) -> bool {
    event.headers.is_empty() && is_expired_body(&event.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_json_and_a_message_if_there_was_one() {
        let message: serde_json::Value =
            serde_json::from_slice(&body(Some("new-booking"))).unwrap();
        assert_eq!(message["type"], "new-booking");
        assert!(message["payload"].is_null());
        assert!(is_expired_body(&body(Some("new-booking"))));
        assert!(is_expired_body(&body(None)));
        serde_json::from_slice::<serde_json::Value>(&body(None)).unwrap();
        assert!(!is_expired_body(b"{\"type\":\"new-booking\"}"));
    }
}
