//! How much a request has found, and what of it is not done yet.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::progress::Progress;
use crate::entities::{effects, logs, privacy_finds, runs, steps};
use crate::error::StoreError;
use crate::store::Store;

/// The ids of one kind that a request has found.
pub(super) fn items(request: Uuid, kind: &str) -> SelectStatement {
    privacy_finds::Entity::find()
        .select_only()
        .column(privacy_finds::Column::Item)
        .filter(privacy_finds::Column::RequestId.eq(request))
        .filter(privacy_finds::Column::Kind.eq(kind))
        .into_query()
}

/// The effects of what a request has found: of its runs, deliveries of its events, and
/// deliveries that were found by themselves.
pub(super) fn its_effects(request: Uuid) -> Condition {
    Condition::any()
        .add(effects::Column::RunId.in_subquery(items(request, "run")))
        .add(effects::Column::EventId.in_subquery(items(request, "event")))
        .add(effects::Column::Id.in_subquery(items(request, "effect")))
}

impl Store {
    /// How many of what were found.
    pub(super) async fn count_found(
        &self,
        progress: &Progress,
    ) -> Result<BTreeMap<String, u64>, StoreError> {
        let db = self.readers();
        let request = progress.id;
        let mut counts = progress.loose.clone();
        for (kind, name) in [("event", "events"), ("run", "runs")] {
            let count = privacy_finds::Entity::find()
                .filter(privacy_finds::Column::RequestId.eq(request))
                .filter(privacy_finds::Column::Kind.eq(kind))
                .count(db)
                .await?;
            counts.insert(name.to_owned(), count);
        }
        let of_steps = steps::Column::RunId.in_subquery(items(request, "run"));
        let steps = steps::Entity::find().filter(of_steps).count(db).await?;
        let of_lines = logs::Column::RunId.in_subquery(items(request, "run"));
        let lines = logs::Entity::find().filter(of_lines).count(db).await?;
        let effects = effects::Entity::find().filter(its_effects(request));
        counts.insert("steps".to_owned(), steps);
        counts.insert("log_lines".to_owned(), lines);
        counts.insert("effects".to_owned(), effects.count(db).await?);
        Ok(counts)
    }

    /// The runs of the events that a request has found, as far as they are not among what it has found.
    pub(super) async fn runs_to_add(&self, request: Uuid) -> Result<BTreeSet<Uuid>, StoreError> {
        let ids: Vec<Uuid> = runs::Entity::find()
            .select_only()
            .column(runs::Column::Id)
            .filter(runs::Column::EventId.in_subquery(items(request, "event")))
            .filter(runs::Column::Id.not_in_subquery(items(request, "run")))
            .into_tuple()
            .all(self.readers())
            .await?;
        Ok(ids.into_iter().collect())
    }

    /// Whether anything that was found is not overwritten yet.
    pub(super) async fn is_any_left(&self, request: Uuid) -> Result<bool, StoreError> {
        let open = privacy_finds::Entity::find()
            .filter(privacy_finds::Column::RequestId.eq(request))
            .filter(privacy_finds::Column::Done.eq(false))
            .one(self.readers())
            .await?;
        Ok(open.is_some())
    }
}
