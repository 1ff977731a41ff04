//! SQLite: a file, in WAL mode, synced at each commit.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous,
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

use super::before_migration::keep_copy;
use super::process_lock::{ProcessLock, failed};
use super::schema::Schema;
use super::start_check::check_file;
use super::{Connections, Migrated};
use crate::error::StoreError;

/// Older ones can lose committed data: the WAL-reset bug, <https://sqlite.org/wal.html#walresetbug>.
const OLDEST: &str = "3.51.3";
/// How long a statement waits for another process's lock.
const BUSY: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// So many rows are handed over before whoever reads them is waited for: each wait is a change of threads.
const READ_AHEAD: usize = 512;
/// What the WAL is cut back to after a checkpoint, in bytes.
const WAL_LIMIT: &str = "67108864";
/// How many pages the WAL may have before a commit checkpoints it: 16 MiB, so that a page that changes often is written
/// back once for many changes.
const CHECKPOINT_PAGES: &str = "4000";
/// How much of the file the writer keeps in memory at most, in KiB (negative: so SQLite tells it from pages).
const WRITER_CACHE: &str = "-16000";
/// So many statements the writer keeps prepared: those for many rows are large.
const WRITER_STATEMENTS: usize = 32;

/// Opens or creates the file.
pub(super) async fn open(url: &str) -> Result<Connections, StoreError> {
    let path = path_of(url)?;
    let lock = ProcessLock::take(&path)?;
    let existed = create(&path)?;
    let writer = connect(&path, 1, false).await?;
    check_version(&writer).await?;
    if existed {
        check_file(&writer).await?;
    }
    let migrated = migrate(&writer, &path).await?;
    let readers = connect(&path, READERS, true).await?;
    Ok(Connections {
        writer,
        readers,
        lock: Some(lock),
        migrated,
    })
}

/// Brings the schema up to date; what was there before is kept in a copy.
async fn migrate(db: &DatabaseConnection, path: &Path) -> Result<Migrated, StoreError> {
    let schema = Schema::of(db).await?;
    schema.refuse_newer()?;
    let mut copy = None;
    if let Some(first) = schema.missing().first()
        && !schema.is_new()
    {
        let kept = keep_copy(db, path, first).await?;
        tracing::info!(copy = %kept.display(), "the schema changes; the database as it was is kept");
        copy = Some(kept);
    }
    Ok(Migrated {
        applied: schema.complete(db).await?,
        copy,
    })
}

/// Connections that only read. The file has to be there; whoever writes to it goes on.
pub(super) async fn open_to_read(url: &str) -> Result<DatabaseConnection, StoreError> {
    let path = path_of(url)?;
    std::fs::metadata(&path).map_err(|source| failed(&path, source))?;
    connect(&path, READERS, true).await
}

/// A connection from which the file can be copied: SQLite lets none do so that may only query.
pub(super) async fn open_to_copy(url: &str) -> Result<DatabaseConnection, StoreError> {
    let path = path_of(url)?;
    std::fs::metadata(&path).map_err(|source| failed(&path, source))?;
    connect(&path, 1, false).await
}

/// The file that `url` names.
pub(super) fn path_of(url: &str) -> Result<PathBuf, StoreError> {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or_default();
    if path.is_empty() || path.contains(":memory:") {
        return Err(StoreError::UnknownDatabase(url.to_owned()));
    }
    Ok(PathBuf::from(path))
}

/// Creates the file if there is none, for its owner alone; says whether there was one with something in it.
fn create(path: &Path) -> Result<bool, StoreError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|source| failed(path, source))?;
    let metadata = file.metadata().map_err(|source| failed(path, source))?;
    Ok(metadata.len() > 0)
}

async fn connect(
    path: &Path,
    connections: u32,
    only_reads: bool,
) -> Result<DatabaseConnection, StoreError> {
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        // A connection to a file does not go stale.
        .test_before_acquire(false)
        .sqlx_logging(false);
    let path = path.to_owned();
    options.map_sqlx_sqlite_opts(move |_| configure(&path, only_reads));
    Ok(Database::connect(options).await?)
}

fn configure(path: &Path, only_reads: bool) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        // Before the journal mode: it takes effect in an empty file only.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", WAL_LIMIT);
    if only_reads {
        options
            .pragma("query_only", "ON")
            .row_buffer_size(READ_AHEAD)
    } else {
        options
            .pragma("cache_size", WRITER_CACHE)
            .statement_cache_capacity(WRITER_STATEMENTS)
            .row_buffer_size(READ_AHEAD)
    }
}

async fn check_version(db: &DatabaseConnection) -> Result<(), StoreError> {
    let found = first_text(db, "SELECT sqlite_version()").await?;
    if number(&found) < number(OLDEST) {
        return Err(StoreError::TooOld {
            found,
            needed: OLDEST,
        });
    }
    Ok(())
}

fn number(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect()
}

async fn first_text(db: &DatabaseConnection, sql: &str) -> Result<String, StoreError> {
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    match row {
        Some(row) => Ok(row.try_get_by_index(0)?),
        None => Ok(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(number("3.51.3") >= number(OLDEST));
        assert!(number("3.51.10") > number(OLDEST));
        assert!(number("3.9.99") < number(OLDEST));
    }

    #[test]
    fn a_url_names_a_file() {
        for url in [
            "sqlite://data/cuebook.db",
            "sqlite:data/cuebook.db?mode=rwc",
        ] {
            assert_eq!(path_of(url).unwrap(), Path::new("data/cuebook.db"));
        }
        assert_eq!(
            path_of("sqlite:///data/cuebook.db").unwrap(),
            Path::new("/data/cuebook.db")
        );
        assert!(path_of("sqlite::memory:").is_err());
    }
}
