//! A copy of a SQLite database at one moment, taken while others read and write: by one reader, which sees what was
//! committed when it began and holds up nobody. Only the WAL is not reset until it is done.

use std::path::Path;

use cuebook_core::{Clock, Timestamp};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::connect;
use crate::error::StoreError;
use crate::store::Store;

/// What is known of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The moment that it shows; nothing that was committed before is missing.
    pub taken_at: Timestamp,
    /// Its last migration.
    pub schema: String,
    /// The fingerprint of the key that its secrets are sealed with; `None` where nobody has begun yet.
    pub fingerprint: Option<String>,
}

impl Store {
    /// Copies the SQLite database at `url` to the new file `to`, for its owner alone, checked and synced. What was deleted
    /// is not in the copy.
    pub async fn snapshot(url: &str, to: &Path, clock: &dyn Clock) -> Result<Snapshot, StoreError> {
        let fingerprint = Self::fingerprint_of(url).await?;
        let source = connect::open_to_copy(url).await?;
        let taken_at = clock.now();
        let copied = connect::copy_file(&source, to).await;
        source.close().await?;
        copied?;
        let copy = connect::open_to_copy(&format!("sqlite://{}", to.display())).await?;
        let seen = look_at(&copy).await;
        copy.close().await?;
        let schema = seen?;
        connect::sync_file(to)?;
        Ok(Snapshot {
            taken_at,
            schema,
            fingerprint,
        })
    }

    /// The last migration that this version knows.
    pub fn newest_schema() -> String {
        use cuebook_migrations::Migrator;
        use sea_orm_migration::MigratorTrait as _;
        let all = Migrator::migrations();
        all.last()
            .map(|migration| migration.name().to_owned())
            .unwrap_or_default()
    }
}

/// Checks the copy, and gives its last migration.
async fn look_at(copy: &DatabaseConnection) -> Result<String, StoreError> {
    let backend = copy.get_database_backend();
    let first = async |sql: &str| {
        let row = copy
            .query_one_raw(Statement::from_string(backend, sql))
            .await?;
        let text: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok::<_, StoreError>(text.unwrap_or_default())
    };
    match first("PRAGMA integrity_check(1)").await?.as_str() {
        "ok" => first("SELECT version FROM seaql_migrations ORDER BY version DESC LIMIT 1").await,
        complaint => Err(StoreError::Corrupt(complaint.to_owned())),
    }
}
