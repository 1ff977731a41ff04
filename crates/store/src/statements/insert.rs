//! Inserting many rows.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable, QueryTrait,
};

use super::storable::storable_row;
use crate::error::StoreError;
use crate::writer::Tx;

/// SQLite takes 32,766 parameters in a statement, Postgres 65,535.
pub(super) const PARAMETERS: usize = 32_000;

type ActiveModelOf<M> = <<M as sea_orm::ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// Inserts all rows; one that is there already is an error.
pub(crate) async fn insert_all<M>(tx: &Tx<'_>, rows: Vec<M>) -> Result<(), StoreError>
where
    M: sea_orm::ModelTrait + IntoActiveModel<ActiveModelOf<M>> + Send,
    ActiveModelOf<M>: ActiveModelTrait<Entity = M::Entity> + Send,
{
    insert(tx, rows, None).await
}

/// Inserts the rows that are not there yet.
pub(crate) async fn insert_missing<M>(tx: &Tx<'_>, rows: Vec<M>) -> Result<(), StoreError>
where
    M: sea_orm::ModelTrait + IntoActiveModel<ActiveModelOf<M>> + Send,
    ActiveModelOf<M>: ActiveModelTrait<Entity = M::Entity> + Send,
{
    insert(tx, rows, Some(OnConflict::new().do_nothing().to_owned())).await
}

/// Inserts all rows, and does what `conflict` says with those that are there already.
pub(crate) async fn insert_or<M>(
    tx: &Tx<'_>,
    rows: Vec<M>,
    conflict: OnConflict,
) -> Result<(), StoreError>
where
    M: sea_orm::ModelTrait + IntoActiveModel<ActiveModelOf<M>> + Send,
    ActiveModelOf<M>: ActiveModelTrait<Entity = M::Entity> + Send,
{
    insert(tx, rows, Some(conflict)).await
}

async fn insert<M>(
    tx: &Tx<'_>,
    rows: Vec<M>,
    conflict: Option<OnConflict>,
) -> Result<(), StoreError>
where
    M: sea_orm::ModelTrait + IntoActiveModel<ActiveModelOf<M>> + Send,
    ActiveModelOf<M>: ActiveModelTrait<Entity = M::Entity> + Send,
{
    let columns = <M::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk = rows
            .by_ref()
            .take(PARAMETERS / columns)
            .map(|row| storable_row(row.into_active_model()));
        let mut insert = M::Entity::insert_many(chunk);
        if let Some(conflict) = &conflict {
            insert = insert.on_conflict(conflict.clone());
        }
        let statement = insert.build(tx.db.get_database_backend());
        tx.db.write(statement).await?;
    }
    Ok(())
}
