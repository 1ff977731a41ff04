//! Postgres: nothing is used that acknowledges what is not on disk.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::{Connections, migrate};
use crate::error::StoreError;

const CONNECT: Duration = Duration::from_secs(5);
const READERS: u32 = 8;
/// A statement of the writer that takes longer is given up; the callers are told that the database is not available.
const WRITING: Duration = Duration::from_secs(4);
const READING: Duration = Duration::from_secs(30);
/// Names Cuebook's own lock, so that of several nodes that start one migrates.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(4850178123120)";

/// Connects and migrates.
pub(super) async fn open(url: &str) -> Result<Connections, StoreError> {
    let applied = {
        // No time limit here: a migration may take long. The lock ends with the connection.
        let alone = connect(url, 1, None).await?;
        check_durability(&alone).await?;
        alone.execute_unprepared(MIGRATION_LOCK).await?;
        let applied = migrate(&alone).await;
        alone.close().await?;
        applied?
    };
    Ok(Connections {
        writer: connect(url, 1, Some(WRITING)).await?,
        readers: connect(url, READERS, Some(READING)).await?,
        lock: None,
        applied,
    })
}

/// Connections that only read.
pub(super) async fn open_to_read(url: &str) -> Result<DatabaseConnection, StoreError> {
    connect(url, READERS, Some(READING)).await
}

async fn connect(
    url: &str,
    connections: u32,
    limit: Option<Duration>,
) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .connect_timeout(CONNECT)
        .acquire_timeout(CONNECT)
        .sqlx_logging(false)
        .set_application_name("cuebook");
    if let Some(limit) = limit {
        options.statement_timeout(limit);
    }
    Ok(Database::connect(options).await?)
}

async fn check_durability(db: &DatabaseConnection) -> Result<(), StoreError> {
    let row = db
        .query_one_raw(Statement::from_string(
            db.get_database_backend(),
            "SHOW synchronous_commit",
        ))
        .await?;
    let found: String = match row {
        Some(row) => row.try_get_by_index(0)?,
        None => "off".to_owned(),
    };
    if found == "off" {
        return Err(StoreError::NotDurable(found));
    }
    Ok(())
}
