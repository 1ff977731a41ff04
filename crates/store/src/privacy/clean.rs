//! Has the database forget what it no longer holds. SQLite overwrites what is deleted (`secure_delete`), but what was moved
//! about within a page before may have left a trace there: so the file is written anew (`VACUUM`), and the WAL is emptied.
//! Postgres marks what was overwritten as free, and uses the place again.
//!
//! A copy of the file that an update of Cuebook left beside it holds what was erased, and is removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::connect;
use crate::error::StoreError;
use crate::store::Store;

/// A larger file is not written anew by itself: whoever writes would have to wait for too long.
const LARGE: u64 = 2 << 30;
/// So often it is tried to empty the WAL, with such a pause.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(200);
/// The tables of Postgres whose rows are overwritten.
const TABLES: &str = "events, runs, steps, logs, effects, effect_bodies, effect_attempts, waits, state, claims, \
    audit_log, idempotency_keys, confirmations, reconcile_snapshots, reconciled_changes, replays";

/// Cleans; gives what was done, in words.
pub(super) async fn forget_what_was_freed(store: &Store) -> Result<String, StoreError> {
    let url = &store.inner.url;
    let db = connect::open_to_clean(url).await?;
    let done = match db.get_database_backend() {
        DbBackend::Postgres => postgres(&db).await,
        _ => sqlite(&db, &connect::file_of(url)?).await,
    };
    db.close().await?;
    done
}

async fn postgres(db: &impl ConnectionTrait) -> Result<String, StoreError> {
    db.execute_unprepared(&format!("VACUUM {TABLES}")).await?;
    Ok("VACUUM of the tables that were changed".to_owned())
}

async fn sqlite(db: &impl ConnectionTrait, file: &Path) -> Result<String, StoreError> {
    let failed = |source| connect::failed(file, source);
    let size = fs::metadata(file).map_err(failed)?.len();
    let mut done = if size <= LARGE {
        db.execute_unprepared("VACUUM").await?;
        "the file was written anew and the WAL emptied".to_owned()
    } else {
        db.execute_unprepared("PRAGMA incremental_vacuum").await?;
        "the WAL was emptied; the file is too large to be written anew by itself".to_owned()
    };
    if !empty_wal(db).await? {
        done.push_str("; somebody reads the WAL, which is emptied later");
    }
    let copies = copies_beside(file).map_err(failed)?;
    for copy in &copies {
        fs::remove_file(copy).map_err(|source| connect::failed(copy, source))?;
    }
    if !copies.is_empty() {
        done.push_str("; copies from before an update were removed");
    }
    Ok(done)
}

/// Empties the WAL, as soon as nobody reads what is only there.
async fn empty_wal(db: &impl ConnectionTrait) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let statement =
            Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
        let row = db.query_one_raw(statement).await?;
        let is_busy: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        if is_busy == 0 {
            return Ok(true);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(false)
}

/// The copies that updates have left beside the file.
fn copies_beside(file: &Path) -> std::io::Result<Vec<PathBuf>> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Ok(Vec::new());
    };
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let (before, half) = (format!("{name}.before_"), format!("{name}.half_copied"));
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_copy = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(&before) || name == half);
        if is_copy {
            copies.push(entry.path());
        }
    }
    Ok(copies)
}
