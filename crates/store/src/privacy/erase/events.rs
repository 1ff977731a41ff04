//! Events: the message goes, and what it was about. One that still waited to be confirmed or for a person is rejected.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Value};
use uuid::Uuid;

use super::super::{ERASED, tombstone};
use crate::entities::events::{Column, Entity};
use crate::entities::{confirmations, reconciled_changes};
use crate::error::StoreError;
use crate::statements::{given, update_each};
use crate::writer::Tx;

pub(super) async fn erase(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let types: Vec<(Uuid, Option<String>)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::EventType])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(tx.db)
        .await?;
    let rows = types
        .into_iter()
        .map(|(id, event_type)| {
            let body = tombstone::body(event_type.as_deref());
            vec![Value::from(id), body.into()]
        })
        .collect();
    update_each(tx, Entity, Column::Id, vec![(Column::Body, given(2))], rows).await?;
    let all = Column::Id.is_in(ids.iter().copied());
    Entity::update_many()
        .col_expr(Column::Subject, Expr::value(None::<String>))
        .col_expr(Column::WireType, Expr::col(Column::EventType))
        .col_expr(Column::Headers, Expr::value(b"[]".to_vec()))
        .col_expr(Column::Reason, Expr::value(ERASED))
        .filter(all.clone())
        .exec(tx.db)
        .await?;
    Entity::update_many()
        .col_expr(Column::Disposition, Expr::value("rejected"))
        .filter(all)
        .filter(Column::Disposition.is_in(["confirming", "held"]))
        .exec(tx.db)
        .await?;
    confirmations::Entity::delete_many()
        .filter(confirmations::Column::EventId.is_in(ids.iter().copied()))
        .exec(tx.db)
        .await?;
    reconciled_changes::Entity::delete_many()
        .filter(reconciled_changes::Column::EventId.is_in(ids.iter().copied()))
        .exec(tx.db)
        .await?;
    Ok(())
}
