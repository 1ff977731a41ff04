//! Copies a SQLite database into a new file, while others read and write.

use std::fs::{File, OpenOptions};
use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::process_lock::failed;
use crate::error::StoreError;

/// Copies what `source` has open to the new file `to`, for its owner alone. What was deleted is not in the copy. It is not
/// synced yet, and on an error it may be there in part.
pub(crate) async fn copy_file(source: &DatabaseConnection, to: &Path) -> Result<(), StoreError> {
    // Made here, since SQLite would make one that others can read.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(to).map_err(|source| failed(to, source))?;
    let into = Statement::from_sql_and_values(
        source.get_database_backend(),
        "VACUUM INTO ?",
        [to.display().to_string().into()],
    );
    source.execute_raw(into).await?;
    Ok(())
}

/// Syncs a copy: SQLite does not.
pub(crate) fn sync_file(path: &Path) -> Result<(), StoreError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|source| failed(path, source))
}
