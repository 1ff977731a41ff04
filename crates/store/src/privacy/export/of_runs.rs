//! What is handed over of runs and effects: of what they read and sent only what is about the person.
//!
//! A run whose event is the person's is theirs, and of its lists the records of others are left out. Any other run was found
//! because something of it names them, such as one that goes through all bookings: of it only the answers, arguments,
//! lines and effects are shown that do so.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::super::counts::{items, its_effects};
use super::super::looking::Matcher;
use super::super::search::about;
use super::{of_bytes, time};
use crate::entities::{effect_attempts, effect_bodies, effects, logs, privacy_finds, runs, steps};
use crate::error::StoreError;
use crate::store::Store;

/// Reads them, and counts what it leaves out.
pub(super) struct OfRuns<'a> {
    store: &'a Store,
    request: Uuid,
    matcher: &'a Matcher,
    /// The runs of events that are the person's.
    own: HashSet<Uuid>,
    left_out: u64,
}

impl<'a> OfRuns<'a> {
    /// Of what a request has found.
    pub(super) async fn new(
        store: &'a Store,
        request: Uuid,
        matcher: &'a Matcher,
    ) -> Result<Self, StoreError> {
        let own: Vec<Uuid> = runs::Entity::find()
            .select_only()
            .column(runs::Column::Id)
            .filter(runs::Column::EventId.in_subquery(items(request, "event")))
            .into_tuple()
            .all(store.readers())
            .await?;
        Ok(Self {
            store,
            request,
            matcher,
            own: own.into_iter().collect(),
            left_out: 0,
        })
    }

    /// How many records, lines and effects of others were left out.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The runs.
    pub(super) async fn runs(&mut self) -> Result<Json, StoreError> {
        let rows = runs::Entity::find()
            .filter(runs::Column::Id.in_subquery(items(self.request, "run")))
            .order_by_asc(runs::Column::Id)
            .all(self.store.readers())
            .await?;
        let mut steps = self.steps().await?;
        let mut lines = self.lines().await?;
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

    async fn steps(&mut self) -> Result<HashMap<Uuid, Vec<Json>>, StoreError> {
        let rows = steps::Entity::find()
            .filter(steps::Column::RunId.in_subquery(items(self.request, "run")))
            .order_by_asc(steps::Column::StartedAt)
            .all(self.store.readers())
            .await?;
        let mut shown = HashMap::<Uuid, Vec<Json>>::new();
        for row in rows {
            let about = about(&row.function, &row.arguments);
            let before = self.left_out;
            let mut arguments = of_bytes(&row.arguments);
            // The arguments are no list of records: each stands for itself.
            match &mut arguments {
                Json::Array(each) => {
                    for one in each {
                        self.keep_own(one, &about, row.run_id);
                    }
                }
                other => self.keep_own(other, &about, row.run_id),
            }
            let mut answer = row.answer.as_deref().map(of_bytes);
            if let Some(answer) = &mut answer {
                self.keep_own(answer, &about, row.run_id);
            }
            shown.entry(row.run_id).or_default().push(json!({
                "function": row.function,
                "arguments": arguments,
                "answer": answer,
                "others_left_out": self.left_out - before,
                "started_at": time(row.started_at),
            }));
        }
        Ok(shown)
    }

    /// Leaves out what is about others: their records, or all of it.
    fn keep_own(&mut self, json: &mut Json, about: &str, run: Uuid) {
        let says = matches!(json, Json::String(_) | Json::Array(_) | Json::Object(_));
        if says && !self.own.contains(&run) && !self.matcher.sees(json, about) {
            *json = Json::Null;
            self.left_out += 1;
        } else {
            self.left_out += self.matcher.leave_others_out(json, about);
        }
    }

    async fn lines(&mut self) -> Result<HashMap<Uuid, Vec<Json>>, StoreError> {
        let rows = logs::Entity::find()
            .filter(logs::Column::RunId.in_subquery(items(self.request, "run")))
            .order_by_asc(logs::Column::At)
            .all(self.store.readers())
            .await?;
        let mut shown = HashMap::<Uuid, Vec<Json>>::new();
        for row in rows {
            let is_own = self.own.contains(&row.run_id)
                || self.matcher.text(row.message.as_bytes()).any()
                || self.matcher.document(&row.fields, "").any();
            if !is_own {
                self.left_out += 1;
                continue;
            }
            let mut fields = of_bytes(&row.fields);
            self.left_out += self.matcher.leave_others_out(&mut fields, "");
            shown.entry(row.run_id).or_default().push(json!({
                "at": time(row.at),
                "level": row.level,
                "message": row.message,
                "fields": fields,
            }));
        }
        Ok(shown)
    }

    /// The effects.
    pub(super) async fn effects(&mut self) -> Result<Json, StoreError> {
        let db = self.store.readers();
        let rows = effects::Entity::find()
            .filter(its_effects(self.request))
            .order_by_asc(effects::Column::Id)
            .all(db)
            .await?;
        let events: Vec<Uuid> = privacy_finds::Entity::find()
            .select_only()
            .column(privacy_finds::Column::Item)
            .filter(privacy_finds::Column::RequestId.eq(self.request))
            .filter(privacy_finds::Column::Kind.eq("event"))
            .into_tuple()
            .all(db)
            .await?;
        let events: HashSet<Uuid> = events.into_iter().collect();
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let body = effect_bodies::Entity::find_by_id(row.id).one(db).await?;
            let attempts = effect_attempts::Entity::find()
                .filter(effect_attempts::Column::EffectId.eq(row.id))
                .order_by_asc(effect_attempts::Column::Number)
                .all(db)
                .await?;
            let is_own =
                events.contains(&row.event_id) || self.names(&row.target, body.as_ref(), &attempts);
            if !is_own {
                self.left_out += 1;
                continue;
            }
            shown.push(effect(&row, body.as_ref(), &attempts));
        }
        Ok(Json::Array(shown))
    }

    fn names(
        &self,
        target: &str,
        body: Option<&effect_bodies::Model>,
        attempts: &[effect_attempts::Model],
    ) -> bool {
        let said = attempts
            .iter()
            .flat_map(|attempt| [&attempt.error, &attempt.answer])
            .flatten()
            .map(String::as_bytes);
        let carried = body
            .into_iter()
            .flat_map(|body| [&body.envelope, &body.body]);
        let mut texts = said.chain(carried.map(Vec::as_slice));
        self.matcher.text(target.as_bytes()).any()
            || texts
                .any(|text| self.matcher.document(text, "").any() || self.matcher.text(text).any())
    }
}

fn effect(
    row: &effects::Model,
    body: Option<&effect_bodies::Model>,
    attempts: &[effect_attempts::Model],
) -> Json {
    let attempts = attempts.iter().map(|attempt| {
        json!({
            "at": time(attempt.started_at),
            "outcome": attempt.outcome,
            "status": attempt.status,
            "error": attempt.error,
            "answer": attempt.answer,
        })
    });
    json!({
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "target": row.target,
        "run_id": row.run_id,
        "event_id": row.event_id,
        "created_at": time(row.created_at),
        "settled_at": row.settled_at.map(time),
        "envelope": body.map(|body| of_bytes(&body.envelope)),
        "body": body.map(|body| of_bytes(&body.body)),
        "attempts": attempts.collect::<Vec<_>>(),
    })
}
