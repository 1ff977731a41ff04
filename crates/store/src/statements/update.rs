//! Updating many rows, each with values of its own, in one statement: `UPDATE … FROM (VALUES …)`.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoIden, Query, TableRef, ValueTuple};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Value};

use super::insert::PARAMETERS;
use super::storable::storable;
use crate::error::StoreError;
use crate::writer::Tx;

const GIVEN: &str = "given";

/// The value at place `number` (from 1) of a row of [`update_each`]. Both databases name such columns so.
pub(crate) fn given(number: usize) -> Expr {
    Expr::col((Alias::new(GIVEN), Alias::new(format!("column{number}"))))
}

/// Updates the row of `entity` whose `key` is the first value of each of `rows`, setting `columns`.
pub(crate) async fn update_each<E: EntityTrait>(
    tx: &Tx<'_>,
    entity: E,
    key: E::Column,
    columns: Vec<(E::Column, Expr)>,
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    update_each_by(tx, entity, &[key], None, columns, rows).await
}

/// Updates the row of `entity` whose `keys` are the first values of each of `rows`, setting `columns`; a row that does not
/// fulfil `guard` stays as it is.
pub(crate) async fn update_each_by<E: EntityTrait>(
    tx: &Tx<'_>,
    entity: E,
    keys: &[E::Column],
    guard: Option<Expr>,
    columns: Vec<(E::Column, Expr)>,
    rows: Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    let width = rows.first().map_or(1, Vec::len).max(1);
    let tuple = |row: Vec<Value>| ValueTuple::Many(row.into_iter().map(storable).collect());
    let mut rows = rows.into_iter().map(tuple).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<ValueTuple> = rows.by_ref().take(PARAMETERS / width).collect();
        let mut update = Query::update();
        update.table(Alias::new(entity.as_str()));
        for (column, value) in &columns {
            update.value(Alias::new(column.as_str()), value.clone());
        }
        update
            .from(TableRef::ValuesList(chunk, Alias::new(GIVEN).into_iden()))
            .and_where_option(guard.clone());
        for (number, key) in (1..).zip(keys) {
            let column = (Alias::new(entity.as_str()), Alias::new(key.as_str()));
            update.and_where(Expr::col(column).eq(given(number)));
        }
        let statement = tx.db.get_database_backend().build(&update);
        tx.db.write(statement).await?;
    }
    Ok(())
}
