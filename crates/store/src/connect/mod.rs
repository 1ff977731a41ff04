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

/// The URL up to its first `@`, which ends what may be a password, is not shown.
fn without_password(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
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
    }
}
