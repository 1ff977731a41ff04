//! What is handed over: all that a request has found, as one JSON document. Nothing of it is kept; it is read when it is
//! asked for.

use std::collections::HashMap;

use cuebook_core::clock::from_micros;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::counts::{items, its_effects};
use super::looking::Matcher;
use super::progress::Progress;
use super::request::{PrivacyKind, PrivacyState};
use super::search::{LOOSE, named_audit_rows, rows_as_json};
use super::terms::NameHasher;
use crate::entities::{
    audit_log, effect_attempts, effect_bodies, effects, events, logs, privacy_requests, runs, steps,
};
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
        document.insert("runs".to_owned(), self.exported_runs(id).await?);
        document.insert("effects".to_owned(), self.effects_of(id).await?);
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

    async fn exported_runs(&self, id: Uuid) -> Result<Json, StoreError> {
        let rows = runs::Entity::find()
            .filter(runs::Column::Id.in_subquery(items(id, "run")))
            .order_by_asc(runs::Column::Id)
            .all(self.readers())
            .await?;
        let mut steps = self.steps_of(id).await?;
        let mut lines = self.lines_of(id).await?;
        let shown = rows.into_iter().map(|row| {
            json!({
                "id": row.id,
                "event_id": row.event_id,
                "rule": row.rule,
                "state": row.state,
                "reason": row.reason,
                "created_at": time(row.created_at),
                "ended_at": row.ended_at.map(time),
                "steps": steps.remove(&row.id).unwrap_or_default(),
                "logs": lines.remove(&row.id).unwrap_or_default(),
            })
        });
        Ok(Json::Array(shown.collect()))
    }

    async fn steps_of(&self, id: Uuid) -> Result<HashMap<Uuid, Vec<Json>>, StoreError> {
        let rows = steps::Entity::find()
            .filter(steps::Column::RunId.in_subquery(items(id, "run")))
            .order_by_asc(steps::Column::StartedAt)
            .all(self.readers())
            .await?;
        let mut shown = HashMap::<Uuid, Vec<Json>>::new();
        for row in rows {
            shown.entry(row.run_id).or_default().push(json!({
                "function": row.function,
                "arguments": of_bytes(&row.arguments),
                "answer": row.answer.as_deref().map(of_bytes),
                "started_at": time(row.started_at),
            }));
        }
        Ok(shown)
    }

    async fn lines_of(&self, id: Uuid) -> Result<HashMap<Uuid, Vec<Json>>, StoreError> {
        let rows = logs::Entity::find()
            .filter(logs::Column::RunId.in_subquery(items(id, "run")))
            .order_by_asc(logs::Column::At)
            .all(self.readers())
            .await?;
        let mut shown = HashMap::<Uuid, Vec<Json>>::new();
        for row in rows {
            shown.entry(row.run_id).or_default().push(json!({
                "at": time(row.at),
                "level": row.level,
                "message": row.message,
                "fields": of_bytes(&row.fields),
            }));
        }
        Ok(shown)
    }

    async fn effects_of(&self, id: Uuid) -> Result<Json, StoreError> {
        let db = self.readers();
        let rows = effects::Entity::find()
            .filter(its_effects(id))
            .order_by_asc(effects::Column::Id)
            .all(db)
            .await?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let body = effect_bodies::Entity::find_by_id(row.id).one(db).await?;
            let attempts = effect_attempts::Entity::find()
                .filter(effect_attempts::Column::EffectId.eq(row.id))
                .order_by_asc(effect_attempts::Column::Number)
                .all(db)
                .await?;
            let attempts = attempts.into_iter().map(|attempt| {
                json!({
                    "at": time(attempt.started_at),
                    "outcome": attempt.outcome,
                    "status": attempt.status,
                    "error": attempt.error,
                    "answer": attempt.answer,
                })
            });
            shown.push(json!({
                "id": row.id,
                "kind": row.kind,
                "state": row.state,
                "target": row.target,
                "run_id": row.run_id,
                "event_id": row.event_id,
                "created_at": time(row.created_at),
                "settled_at": row.settled_at.map(time),
                "envelope": body.as_ref().map(|body| of_bytes(&body.envelope)),
                "body": body.as_ref().map(|body| of_bytes(&body.body)),
                "attempts": attempts.collect::<Vec<_>>(),
            }));
        }
        Ok(Json::Array(shown))
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
