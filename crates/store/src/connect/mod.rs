//! Opening a database: one connection that writes, a few that read, and the checks without which none is used.

mod postgres;
mod process_lock;
mod sqlite;

use sea_orm::DatabaseConnection;

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
