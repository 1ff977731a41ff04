//! The audit log, as administrators look at it.

use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::Value as Json;
use uuid::Uuid;

use super::page::{Listed, Page};
use super::search::has;
use crate::entities::audit_log;
use crate::error::StoreError;
use crate::store::Store;

/// Which rows are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this key.
    pub key: Option<String>,
    /// Of these operations; of any if empty.
    pub operation: Vec<String>,
    /// About this kind of thing.
    pub target_kind: Option<String>,
    /// About the thing with this id.
    pub target: Option<String>,
    /// Of this instant or later.
    pub since: Option<Timestamp>,
    /// From before this instant.
    pub until: Option<Timestamp>,
    /// With this text in operation, target or reason.
    pub q: Option<String>,
}

/// What somebody changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// By which key; [`crate::Actor::LOCAL`] for a command on the machine.
    pub key_id: String,
    /// From which address.
    pub address: Option<String>,
    /// The operation's name.
    pub operation: String,
    /// What kind of thing was changed.
    pub target_kind: Option<String>,
    /// Which.
    pub target_id: Option<String>,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// How it was before; `None` where it was not there.
    pub before: Option<Json>,
    /// How it was after.
    pub after: Option<Json>,
    /// The request.
    pub request_id: Option<String>,
}

impl Store {
    /// What was changed by whom, newest first.
    pub async fn list_audit(
        &self,
        filter: &AuditFilter,
        page: &Page,
    ) -> Result<Listed<AuditRow>, StoreError> {
        let select = audit_log::Entity::find().filter(condition(filter));
        let mut rows = page
            .of(select, audit_log::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = rows.into_iter().map(row_of).collect();
        Ok(Listed { items, next })
    }
}

fn condition(filter: &AuditFilter) -> Condition {
    use audit_log::Column;
    let equal = |column: Column, text: &Option<String>| text.as_deref().map(|text| column.eq(text));
    let operations = filter.operation.iter().cloned();
    let mut all = Condition::all()
        .add_option(equal(Column::KeyId, &filter.key))
        .add_option(equal(Column::TargetKind, &filter.target_kind))
        .add_option(equal(Column::TargetId, &filter.target))
        .add_option((!filter.operation.is_empty()).then(|| Column::Operation.is_in(operations)))
        .add_option(filter.since.map(|at| Column::At.gte(to_micros(at))))
        .add_option(filter.until.map(|at| Column::At.lt(to_micros(at))));
    if let Some(piece) = &filter.q {
        let places = [Column::Operation, Column::TargetId, Column::Reason];
        let any = places
            .into_iter()
            .fold(Condition::any(), |any, column| any.add(has(column, piece)));
        all = all.add(any);
    }
    all
}

fn row_of(row: audit_log::Model) -> AuditRow {
    // What is no JSON was not written by Cuebook, and is shown as it stands.
    let json = |text: String| serde_json::from_str(&text).unwrap_or(Json::String(text));
    AuditRow {
        id: row.id,
        at: from_micros(row.at),
        key_id: row.key_id,
        address: row.address,
        operation: row.operation,
        target_kind: row.target_kind,
        target_id: row.target_id,
        reason: row.reason,
        before: row.before.map(json),
        after: row.after.map(json),
        request_id: row.request_id,
    }
}
