//! A copy of a SQLite file as it was before its schema is changed, for whoever wants to go back to the former version.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::process_lock::failed;
use crate::error::StoreError;

/// Copies the database at `path`, which `db` has open, to a file beside it that is named after the first migration that
/// is `missing`. The copy is there as a whole, synced, or not at all.
pub(super) async fn keep_copy(
    db: &DatabaseConnection,
    path: &Path,
    missing: &str,
) -> Result<PathBuf, StoreError> {
    let copy = beside(path, &format!(".before_{missing}"));
    let half = beside(path, ".half_copied");
    // What an earlier start has left half-way.
    if half.exists() {
        fs::remove_file(&half).map_err(|source| failed(&half, source))?;
    }
    create(&half).map_err(|source| failed(&half, source))?;
    let into = Statement::from_sql_and_values(
        db.get_database_backend(),
        "VACUUM INTO ?",
        [half.display().to_string().into()],
    );
    if let Err(error) = db.execute_raw(into).await {
        drop(fs::remove_file(&half));
        return Err(error.into());
    }
    // SQLite does not sync such a copy.
    let synced = File::open(&half).and_then(|file| file.sync_all());
    synced
        .and_then(|()| fs::rename(&half, &copy))
        .map_err(|source| failed(&copy, source))?;
    Ok(copy)
}

/// Makes an empty file for its owner alone: SQLite fills it, and would else make one that others can read.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
