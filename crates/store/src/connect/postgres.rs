//! Postgres: nothing is used that acknowledges what is not on disk.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::schema::Schema;
use super::{Connections, Migrated};
use crate::error::StoreError;

const CONNECT: Duration = Duration::from_secs(5);
const READERS: u32 = 8;
/// A statement of the writer that takes longer is given up; the callers are told that the database is not available.
const WRITING: Duration = Duration::from_secs(4);
const READING: Duration = Duration::from_secs(30);
/// A transaction that has stood still for so long is rolled back by the server: its process is frozen or has gone without a
/// word, and what it has locked holds up the others.
const STANDSTILL: Duration = Duration::from_secs(10);
/// How long a migration waits for the nodes that run, whose statements wait behind it meanwhile.
const MIGRATION_PATIENCE: Duration = Duration::from_secs(3);
/// How often it is tried to get in between them.
const MIGRATION_ATTEMPTS: u32 = 10;
/// Names Cuebook's own lock, so that of several nodes that start one migrates.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(4850178123120)";

/// Connects. What nobody has used yet gets its schema; another schema than this version's is refused.
pub(super) async fn open(url: &str) -> Result<Connections, StoreError> {
    let alone = connect(url, 1, None).await?;
    let found = async {
        check_durability(&alone).await?;
        Schema::of(&alone).await
    };
    let found = found.await;
    alone.close().await?;
    let found = found?;
    let migrated = if found.is_new() {
        migrate(url).await?
    } else {
        found.refuse_other()?;
        Migrated::default()
    };
    Ok(Connections {
        writer: connect(url, 1, Some(WRITING)).await?,
        readers: connect(url, READERS, Some(READING)).await?,
        lock: None,
        migrated,
    })
}

/// Brings the schema up to date, while other nodes may be running.
pub(super) async fn migrate(url: &str) -> Result<Migrated, StoreError> {
    // No time limit here: a migration may take long. The lock ends with the connection.
    let alone = connect(url, 1, None).await?;
    let applied = migrate_alone(&alone).await;
    alone.close().await?;
    Ok(Migrated {
        applied: applied?,
        copy: None,
    })
}

async fn migrate_alone(db: &DatabaseConnection) -> Result<Vec<String>, StoreError> {
    check_durability(db).await?;
    db.execute_unprepared(MIGRATION_LOCK).await?;
    let patience = MIGRATION_PATIENCE.as_millis();
    db.execute_unprepared(&format!("SET lock_timeout = {patience}"))
        .await?;
    let mut applied = Vec::new();
    let mut attempts = 1;
    loop {
        let schema = Schema::of(db).await?;
        let missing = schema.missing().to_vec();
        match schema.complete(db).await {
            Ok(rest) => {
                applied.extend(rest);
                return Ok(applied);
            }
            Err(error) if attempts < MIGRATION_ATTEMPTS && error.is_lock_timeout() => {
                tracing::info!(
                    attempts,
                    "other nodes are in the way of a migration: once more"
                );
                attempts += 1;
                let left = Schema::of(db).await?;
                let done = missing.iter().filter(|name| !left.missing().contains(name));
                applied.extend(done.cloned());
            }
            Err(error) => return Err(error),
        }
    }
}

/// A connection without limits on time.
pub(super) async fn open_alone(url: &str) -> Result<DatabaseConnection, StoreError> {
    connect(url, 1, None).await
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
        let standstill = STANDSTILL.as_millis().to_string();
        options.map_sqlx_postgres_opts(move |options| {
            options.options([("idle_in_transaction_session_timeout", standstill.as_str())])
        });
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
