//! The transaction on Postgres that takes all rows in, and reads them back before it is committed.

use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    TransactionTrait, Value,
};

use super::error::CopyError;
use super::row::{Column, Kind, Sum, values};
use crate::error::StoreError;

/// So many rows are read back at a time.
const READ_BACK: usize = 128;

/// The open transaction.
pub(super) struct Target(DatabaseTransaction);

impl Target {
    /// Begins it: nobody else writes to `tables` until it ends, and all of them are empty.
    pub(super) async fn begin(
        db: &DatabaseConnection,
        tables: &[String],
    ) -> Result<Self, CopyError> {
        let tx = db.begin().await?;
        let names: Vec<String> = tables.iter().map(|table| format!("\"{table}\"")).collect();
        let names = names.join(", ");
        tx.execute_unprepared(&format!("LOCK TABLE {names} IN EXCLUSIVE MODE"))
            .await?;
        for table in tables {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{table}\")");
            let row = tx
                .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
                .await?;
            if row.map_or(Ok(false), |row| row.try_get_by_index(0))? {
                return Err(CopyError::NotEmpty(table.clone()));
            }
        }
        Ok(Self(tx))
    }

    /// The transaction itself.
    pub(super) fn transaction(&self) -> &DatabaseTransaction {
        &self.0
    }

    /// The columns of a table.
    pub(super) async fn columns(&self, table: &str) -> Result<Vec<Column>, CopyError> {
        let sql = "SELECT column_name::text AS name, udt_name::text AS kind FROM information_schema.columns \
                   WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into()]);
        let rows = self.0.query_all_raw(statement).await?;
        rows.iter()
            .map(|row| {
                let name: String = row.try_get("", "name")?;
                let kind: String = row.try_get("", "kind")?;
                let kind = Kind::of(table, &name, &kind)?;
                Ok(Column { name, kind })
            })
            .collect()
    }

    /// Takes rows in.
    pub(super) async fn insert(
        &self,
        table: &str,
        columns: &[Column],
        rows: Vec<Vec<Value>>,
    ) -> Result<(), CopyError> {
        let mut insert = Query::insert();
        insert
            .into_table(Alias::new(table))
            .columns(columns.iter().map(|column| Alias::new(&column.name)));
        for row in rows {
            insert
                .values(row.into_iter().map(Expr::value))
                .map_err(|error| StoreError::Invalid(error.to_string()))?;
        }
        self.0.execute(&insert).await?;
        Ok(())
    }

    /// Reads a table back, a few rows at a time.
    pub(super) async fn sum(&self, table: &str, columns: &[Column]) -> Result<Sum, CopyError> {
        let mut sum = Sum::default();
        // Named after the table: a statement is prepared once, with the columns that it had then.
        let cursor = format!("\"copied_{table}\"");
        let declare = format!("DECLARE {cursor} NO SCROLL CURSOR FOR SELECT * FROM \"{table}\"");
        self.0.execute_unprepared(&declare).await?;
        loop {
            let fetch = format!("FETCH {READ_BACK} FROM {cursor}");
            let rows = self
                .0
                .query_all_raw(Statement::from_string(DbBackend::Postgres, fetch))
                .await?;
            for row in &rows {
                sum.add(&values(row, columns)?);
            }
            if rows.len() < READ_BACK {
                break;
            }
        }
        self.0
            .execute_unprepared(&format!("CLOSE {cursor}"))
            .await?;
        Ok(sum)
    }

    /// Keeps all of it.
    pub(super) async fn commit(self) -> Result<(), CopyError> {
        self.0.commit().await.map_err(CopyError::Unknown)
    }
}
