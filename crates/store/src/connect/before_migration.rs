//! A copy of a SQLite file as it was before its schema is changed, for whoever wants to go back to the former version.

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::DatabaseConnection;

use super::copy_file::{copy_file, sync_file};
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
    if let Err(error) = copy_file(db, &half).await {
        drop(fs::remove_file(&half));
        return Err(error);
    }
    sync_file(&half)?;
    fs::rename(&half, &copy).map_err(|source| failed(&copy, source))?;
    Ok(copy)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
