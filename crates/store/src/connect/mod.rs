//! Opening a database: one connection that writes, a few that read, and the checks without which none is used.

mod before_migration;
mod copy_file;
mod postgres;
mod process_lock;
mod schema;
mod sqlite;
mod start_check;

use std::path::PathBuf;

use sea_orm::DatabaseConnection;

use self::schema::Schema;
use crate::error::StoreError;
pub(crate) use copy_file::{copy_file, sync_file};
pub(crate) use process_lock::{ProcessLock, failed};

/// An opened database.
pub(crate) struct Connections {
    /// A pool of one.
    pub(crate) writer: DatabaseConnection,
    /// A pool of some that only read.
    pub(crate) readers: DatabaseConnection,
    /// What keeps other processes from the file; Postgres needs none.
    pub(crate) lock: Option<ProcessLock>,
    /// What was done to its schema.
    pub(crate) migrated: Migrated,
}

/// What was done to the schema of a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the migrations that were applied.
    pub applied: Vec<String>,
    /// Where the file was copied to before, on SQLite.
    pub copy: Option<PathBuf>,
}

/// Opens the database at `url` and checks it. The schema of a SQLite file is brought up to date; Postgres, which others may be
/// using, has to be so already, unless nobody has used it yet.
pub(crate) async fn open(url: &str) -> Result<Connections, StoreError> {
    match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open(url).await,
        Some(("postgres" | "postgresql", _)) => postgres::open(url).await,
        _ => Err(StoreError::UnknownDatabase(without_password(url))),
    }
}

/// One connection to the Postgres at `url` whose statements and transactions may take as long as they need.
pub(crate) async fn open_alone(url: &str) -> Result<DatabaseConnection, StoreError> {
    postgres::open_alone(url).await
}

/// A connection to the database at `url` that may do what no transaction can.
pub(crate) async fn open_to_clean(url: &str) -> Result<DatabaseConnection, StoreError> {
    match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open_to_copy(url).await,
        _ => postgres::open_alone(url).await,
    }
}

/// The file of the SQLite database at `url`.
pub(crate) fn file_of(url: &str) -> Result<PathBuf, StoreError> {
    sqlite::path_of(url)
}

/// Connections to the database at `url` that only read, while others may be writing. Nothing is created or changed.
pub(crate) async fn open_to_read(url: &str) -> Result<DatabaseConnection, StoreError> {
    let readers = match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open_to_read(url).await?,
        Some(("postgres" | "postgresql", _)) => postgres::open_to_read(url).await?,
        _ => return Err(StoreError::UnknownDatabase(without_password(url))),
    };
    Schema::of(&readers).await?.refuse_other()?;
    Ok(readers)
}

/// A connection to the SQLite file at `url` from which it can be copied. The file has to be there.
pub(crate) async fn open_to_copy(url: &str) -> Result<DatabaseConnection, StoreError> {
    match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open_to_copy(url).await,
        _ => Err(StoreError::UnknownDatabase(without_password(url))),
    }
}

/// The URL without what may be a password: what stands before its last `@`, and its query.
pub(crate) fn without_password(url: &str) -> String {
    let (place, query) = match url.split_once('?') {
        Some((place, _)) => (place, "?…"),
        None => (url, ""),
    };
    match (place.rsplit_once('@'), url.rsplit_once('@')) {
        (Some((_, rest)), _) => format!("…@{rest}{query}"),
        // A password with a question mark in it.
        (None, Some((_, rest))) => format!("…@{}", without_password(rest)),
        (None, None) => format!("{place}{query}"),
    }
}

/// Brings the schema of the database at `url` up to date.
pub(crate) async fn migrate(url: &str) -> Result<Migrated, StoreError> {
    if let Some(("postgres" | "postgresql", _)) = url.split_once(':') {
        return postgres::migrate(url).await;
    }
    let connections = open(url).await?;
    connections.readers.close().await?;
    connections.writer.close().await?;
    Ok(connections.migrated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("mysql://u:p@ss@host/db"), "…@host/db");
        assert_eq!(without_password("cuebook.db"), "cuebook.db");
        assert_eq!(
            without_password("mysql://host/db?password=pass"),
            "mysql://host/db?…"
        );
        assert_eq!(
            without_password("mysql://u:p?ss@host/db?x=y"),
            "…@host/db?…"
        );
    }
}
