//! What the writer does for the SQLite file between groups: it keeps the WAL below a bound, and gives room that nothing
//! uses back to the disk, in small pieces, when nobody asks for anything.
//!
//! Usually a commit checkpoints and the WAL begins anew. Where readers overlap all the time it never does: each of them
//! still needs a part of it. So once it is too long the writer waits for the readers of the moment; those that come
//! meanwhile read the file itself, since all of the WAL is in it by then. A reader that takes long, as a backup does, is
//! not waited for.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

/// What is kept, and how often it is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct UpkeepLimits {
    /// How long the WAL may become, in bytes, before readers are waited for.
    pub(super) wal: u64,
    /// How often its length is looked at.
    pub(super) every: Duration,
    /// So many free pages are kept for what comes next.
    pub(super) free_pages: i64,
}

impl Default for UpkeepLimits {
    /// 64 MiB of WAL, 16 MiB of free pages.
    fn default() -> Self {
        Self {
            wal: 64 << 20,
            every: Duration::from_secs(1),
            free_pages: 4096,
        }
    }
}

/// After a reader that was too slow the WAL is left alone, first this long, then twice as long each time.
const AFTER_FAILURE: Duration = Duration::from_millis(50);
/// But never longer.
const AFTER_FAILURES: Duration = Duration::from_secs(5);
/// How long readers are waited for, and how long any other statement waits for a lock, in milliseconds.
const PATIENCE: (u32, u32) = (250, 5000);
/// How long nobody must have asked for anything.
const IDLE: Duration = Duration::from_secs(1);
/// The pause between two pieces.
const BETWEEN: Duration = Duration::from_millis(20);
/// The pages of a piece: 1 MiB.
const PIECE: u32 = 256;

/// Looks after the file.
pub(super) struct Upkeep {
    db: DatabaseConnection,
    limits: UpkeepLimits,
    wal: Option<PathBuf>,
    look_at: Instant,
    /// How often in a row a reader was too slow.
    failures: u32,
    /// When it is tidied up next if nobody asks for anything; not at all where nothing has changed since.
    rest: Option<Duration>,
}

impl Upkeep {
    /// Looks after the file that `db` writes; after nothing where it is no file.
    pub(super) async fn of(db: DatabaseConnection, limits: UpkeepLimits) -> Self {
        let wal = match db.get_database_backend() {
            DbBackend::Sqlite => wal_of(&db).await.ok().flatten(),
            _ => None,
        };
        Self {
            db,
            limits,
            rest: wal.is_some().then_some(IDLE),
            wal,
            look_at: Instant::now(),
            failures: 0,
        }
    }

    /// To be called after each group. Costs a look at the time, and now and then one at the file.
    pub(super) async fn after_commit(&mut self) {
        let Some(wal) = &self.wal else { return };
        self.rest = Some(IDLE);
        let now = Instant::now();
        if now < self.look_at {
            return;
        }
        self.look_at = now + self.limits.every;
        let length = std::fs::metadata(wal).map_or(0, |file| file.len());
        if length <= self.limits.wal {
            return;
        }
        match self.begin_wal_anew().await {
            Ok(true) => self.failures = 0,
            Ok(false) => {
                tracing::debug!(length, "a reader keeps the WAL from beginning anew");
                let pause = AFTER_FAILURE.saturating_mul(1 << self.failures.min(10));
                self.look_at = Instant::now() + pause.min(AFTER_FAILURES).max(self.limits.every);
                self.failures += 1;
            }
            Err(error) => tracing::warn!(%error, length, "the WAL cannot be begun anew"),
        }
    }

    /// Comes to its end when nobody has asked for anything for a while and there may be something to tidy up.
    pub(super) async fn idle(&self) {
        match self.rest {
            Some(rest) => tokio::time::sleep(rest).await,
            None => std::future::pending().await,
        }
    }

    /// Gives one piece back to the disk.
    pub(super) async fn tidy(&mut self) {
        self.rest = match self.vacuum().await {
            Ok(true) => Some(BETWEEN),
            Ok(false) => None,
            Err(error) => {
                tracing::debug!(%error, "free pages cannot be given back just now");
                None
            }
        };
    }

    /// Whether it worked.
    async fn begin_wal_anew(&self) -> Result<bool, DbErr> {
        let (short, long) = PATIENCE;
        let patience = |time| format!("PRAGMA busy_timeout = {time}");
        self.db.execute_unprepared(&patience(short)).await?;
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let row = self
            .db
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await;
        self.db.execute_unprepared(&patience(long)).await?;
        let busy: Option<i32> = row?.map(|row| row.try_get_by_index(0)).transpose()?;
        Ok(busy == Some(0))
    }

    /// Whether there is more to give back.
    async fn vacuum(&self) -> Result<bool, DbErr> {
        let before = self.free_pages().await?;
        if before <= self.limits.free_pages {
            return Ok(false);
        }
        let sql = format!("PRAGMA incremental_vacuum({PIECE})");
        self.db.execute_unprepared(&sql).await?;
        let after = self.free_pages().await?;
        // A file of another kind (`auto_vacuum` is off) keeps what it has.
        Ok(after < before && after > self.limits.free_pages)
    }

    async fn free_pages(&self) -> Result<i64, DbErr> {
        let sql = "SELECT freelist_count FROM pragma_freelist_count";
        let row = self
            .db
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await?;
        row.map_or(Ok(0), |row| row.try_get_by_index(0))
    }
}

async fn wal_of(db: &DatabaseConnection) -> Result<Option<PathBuf>, DbErr> {
    let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let file: Option<String> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(file.map(|file| PathBuf::from(format!("{file}-wal"))))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use sea_orm::{ConnectOptions, Database};
    use tempfile::TempDir;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::connect;

    const WAL: u64 = 256 << 10;

    async fn desk() -> (TempDir, DatabaseConnection, Upkeep) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("c.db").display());
        let db = connect::open(&url).await.unwrap().writer;
        db.execute_unprepared("CREATE TABLE filling (id INTEGER PRIMARY KEY, bytes BLOB)")
            .await
            .unwrap();
        let limits = UpkeepLimits {
            wal: WAL,
            every: Duration::ZERO,
            free_pages: 100,
        };
        let upkeep = Upkeep::of(db.clone(), limits).await;
        (folder, db, upkeep)
    }

    /// Reads in transactions that overlap, so that there is always one.
    async fn read(path: PathBuf, stop: Arc<AtomicBool>, begin_after: Duration) {
        let mut options = ConnectOptions::new(format!("sqlite://{}", path.display()));
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.unwrap();
        tokio::time::sleep(begin_after).await;
        while !stop.load(Ordering::Relaxed) {
            db.execute_unprepared("BEGIN; SELECT COUNT(*) FROM filling")
                .await
                .unwrap();
            tokio::time::sleep(Duration::from_millis(6)).await;
            db.execute_unprepared("COMMIT").await.unwrap();
        }
    }

    #[tokio::test]
    async fn the_wal_stays_short_though_there_is_always_a_reader() {
        let (folder, db, mut upkeep) = desk().await;
        // Without what a commit does by itself: so it is seen who keeps it short.
        db.execute_unprepared("PRAGMA wal_autocheckpoint = 0")
            .await
            .unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let readers = TaskTracker::new();
        for place in 0..2 {
            let path = folder.path().join("c.db");
            readers.spawn(read(path, stop.clone(), Duration::from_millis(3 * place)));
        }
        let wal = folder.path().join("c.db-wal");
        let mut longest = 0;
        for _ in 0..2000 {
            db.execute_unprepared("INSERT INTO filling (bytes) VALUES (zeroblob(32768))")
                .await
                .unwrap();
            upkeep.after_commit().await;
            longest = longest.max(std::fs::metadata(&wal).unwrap().len());
        }
        stop.store(true, Ordering::Relaxed);
        readers.close();
        readers.wait().await;
        // How much is written during the pauses after a reader that was too slow depends on the machine.
        assert!(
            longest < 24 << 20,
            "{longest} bytes of the 64 MiB that were written"
        );
    }

    #[tokio::test]
    async fn what_nothing_uses_goes_back_to_the_disk_in_pieces() {
        let (folder, db, mut upkeep) = desk().await;
        for _ in 0..8 {
            db.execute_unprepared("INSERT INTO filling (bytes) VALUES (zeroblob(1048576))")
                .await
                .unwrap();
        }
        db.execute_unprepared("DELETE FROM filling").await.unwrap();
        let loose = upkeep.free_pages().await.unwrap();
        assert!(loose > 2000, "{loose}");
        upkeep.tidy().await;
        assert_eq!(upkeep.free_pages().await.unwrap(), loose - i64::from(PIECE));
        let mut pieces = 1;
        while upkeep.rest.is_some() {
            upkeep.tidy().await;
            pieces += 1;
            assert!(pieces < 20, "it comes to an end");
        }
        assert!(upkeep.free_pages().await.unwrap() <= 100);
        db.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
            .await
            .unwrap();
        let length = std::fs::metadata(folder.path().join("c.db")).unwrap().len();
        assert!(length < 2 << 20, "{length}");
    }
}
