//! What the database finds wrong with itself.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Has SQLite go through its whole file, each index and each reference between rows, and gives what it finds wrong:
    /// nothing, if all is well. Postgres has no such check, and finds nothing.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let db = self.readers();
        if db.get_database_backend() != DbBackend::Sqlite {
            return Ok(Vec::new());
        }
        let mut complaints = Vec::new();
        let rows = db
            .query_all_raw(Statement::from_string(
                DbBackend::Sqlite,
                "PRAGMA integrity_check",
            ))
            .await?;
        for row in rows {
            let text: String = row.try_get_by_index(0)?;
            if text != "ok" {
                complaints.push(text);
            }
        }
        let rows = db
            .query_all_raw(Statement::from_string(
                DbBackend::Sqlite,
                "PRAGMA foreign_key_check",
            ))
            .await?;
        for row in rows {
            let table: String = row.try_get_by_index(0)?;
            complaints.push(format!("a row of {table} refers to one that is not there"));
        }
        Ok(complaints)
    }
}
