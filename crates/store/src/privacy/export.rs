//! What is handed over: all that a request has found, as one JSON document. Nothing of it is kept; it is read when it is
//! asked for. What stands there of others is left out, and counted (`of_runs`).

mod of_runs;

use cuebook_core::clock::from_micros;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use self::of_runs::OfRuns;
use super::counts::items;
use super::looking::Matcher;
use super::progress::Progress;
use super::request::{PrivacyKind, PrivacyState};
use super::search::{LOOSE, named_audit_rows, rows_as_json};
use super::terms::NameHasher;
use crate::entities::{audit_log, events, privacy_requests};
use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// What a completed export has found. `None` where there is none, or it is not completed.
    pub async fn exported(&self, id: Uuid) -> Result<Option<Json>, StoreError> {
        use privacy_requests::Column;
        let row = privacy_requests::Entity::find_by_id(id)
            .filter(Column::Kind.eq(PrivacyKind::Export.as_str()))
            .filter(Column::State.eq(PrivacyState::Completed.as_str()))
            .one(self.readers())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let progress = Progress::of(&row)?;
        let hasher = NameHasher::new(&self.inner.secret_key);
        let mut terms = progress.terms.clone();
        terms.extend(progress.booking_terms());
        let matcher = Matcher::new(hasher, terms);
        let mut document = Map::new();
        document.insert("export".to_owned(), json!(id));
        document.insert("as_of".to_owned(), time(row.created_at));
        document.insert("events".to_owned(), self.events_of(id).await?);
        let mut shown = OfRuns::new(self, id, &matcher).await?;
        document.insert("runs".to_owned(), shown.runs().await?);
        document.insert("effects".to_owned(), shown.effects().await?);
        document.insert("others_left_out".to_owned(), json!(shown.left_out()));
        let mut remembered = Map::new();
        for table in LOOSE.iter().filter(|table| table.is_exported) {
            let rows = rows_as_json(self, &matcher, table).await?;
            remembered.insert(table.table.to_owned(), Json::Array(rows));
        }
        document.insert("remembered".to_owned(), Json::Object(remembered));
        document.insert("audit".to_owned(), self.audit_of(id, &matcher).await?);
        Ok(Some(Json::Object(document)))
    }

    async fn events_of(&self, id: Uuid) -> Result<Json, StoreError> {
        let rows = events::Entity::find()
            .filter(events::Column::Id.in_subquery(items(id, "event")))
            .order_by_asc(events::Column::Id)
            .all(self.readers())
            .await?;
        let shown = rows.into_iter().map(|row| {
            json!({
                "id": row.id,
                "type": row.event_type,
                "subject": row.subject,
                "origin": row.origin,
                "received_at": time(row.received_at),
                "headers": of_bytes(&row.headers),
                "body": of_bytes(&row.body),
            })
        });
        Ok(Json::Array(shown.collect()))
    }

    /// What was done about what was found, and what names the person.
    async fn audit_of(&self, id: Uuid, matcher: &Matcher) -> Result<Json, StoreError> {
        let found = self.privacy_found(id, u64::from(u32::MAX)).await?;
        let ids = found.events.iter().chain(&found.runs);
        let ids: Vec<String> = ids.map(ToString::to_string).collect();
        let mut rows = named_audit_rows(self, matcher).await?;
        for ids in ids.chunks(500) {
            let about = audit_log::Entity::find()
                .filter(audit_log::Column::TargetId.is_in(ids))
                .all(self.readers())
                .await?;
            rows.extend(about);
        }
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        let shown = rows.into_iter().map(|row| {
            json!({
                "id": row.id,
                "at": time(row.at),
                "operation": row.operation,
                "target_kind": row.target_kind,
                "target_id": row.target_id,
                "reason": row.reason,
            })
        });
        Ok(Json::Array(shown.collect()))
    }
}

/// JSON as it is, text as text, anything else as hex.
fn of_bytes(bytes: &[u8]) -> Json {
    if let Ok(json) = serde_json::from_slice(bytes) {
        return json;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Json::from(text),
        Err(_) => json!({"hex": hex::encode(bytes)}),
    }
}

fn time(micros: i64) -> Json {
    let at = from_micros(micros);
    Json::from(at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}
