//! Opening a database: one connection that writes, a few that read, and the checks without which none is used.

mod postgres;
mod process_lock;
mod sqlite;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use crate::error::StoreError;
pub(crate) use process_lock::ProcessLock;

/// An opened database.
pub(crate) struct Connections {
    /// A pool of one.
    pub(crate) writer: DatabaseConnection,
    /// A pool of some that only read.
    pub(crate) readers: DatabaseConnection,
    /// What keeps other processes from the file; Postgres needs none.
    pub(crate) lock: Option<ProcessLock>,
    /// The migrations that were applied now.
    pub(crate) applied: Vec<String>,
}

/// Opens the database at `url`, checks it and brings its schema up to date.
pub(crate) async fn open(url: &str) -> Result<Connections, StoreError> {
    match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open(url).await,
        Some(("postgres" | "postgresql", _)) => postgres::open(url).await,
        _ => Err(StoreError::UnknownDatabase(without_password(url))),
    }
}

/// Connections to the database at `url` that only read, while others may be writing. Nothing is created or changed.
pub(crate) async fn open_to_read(url: &str) -> Result<DatabaseConnection, StoreError> {
    let readers = match url.split_once(':') {
        Some(("sqlite", _)) => sqlite::open_to_read(url).await?,
        Some(("postgres" | "postgresql", _)) => postgres::open_to_read(url).await?,
        _ => return Err(StoreError::UnknownDatabase(without_password(url))),
    };
    check_schema(&readers).await?;
    Ok(readers)
}

/// The URL without what may be a password: what stands before its last `@`, and its query.
fn without_password(url: &str) -> String {
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

/// Applies what is missing and gives the names.
async fn migrate(db: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    use cuebook_migrations::Migrator;
    use sea_orm_migration::MigratorTrait;

    let pending = Migrator::get_pending_migrations(db).await?;
    let names = pending
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    Migrator::up(db, None).await?;
    Ok(names)
}

/// Whether the schema is this version's; asked without the means of migrations, which would create their table.
async fn check_schema(db: &DatabaseConnection) -> Result<(), StoreError> {
    use cuebook_migrations::Migrator;
    use sea_orm_migration::MigratorTrait;

    let statement = Statement::from_string(
        db.get_database_backend(),
        "SELECT version FROM seaql_migrations ORDER BY version DESC LIMIT 1",
    );
    let found: Option<String> = match db.query_one_raw(statement).await {
        Ok(row) => row.map(|row| row.try_get_by_index(0)).transpose()?,
        // Without that table nobody has migrated yet.
        Err(error) if StoreError::from(error.clone()).is_unavailable() => return Err(error.into()),
        Err(_) => None,
    };
    let newest = Migrator::migrations()
        .last()
        .map(|migration| migration.name().to_owned());
    if found != newest {
        let found = found.unwrap_or_else(|| "none".to_owned());
        return Err(StoreError::OtherSchema { found });
    }
    Ok(())
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
