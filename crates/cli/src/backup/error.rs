//! Why a backup cannot be taken, or is not taken for one.

use std::io;
use std::path::PathBuf;

use cuebook_store::StoreError;

/// Why a backup cannot be taken or restored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupError {
    /// A file that cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something stands where something would be written.
    #[error("{} is there already: nothing is overwritten", .0.display())]
    Exists(PathBuf),
    /// The file is no backup, or not the whole of one, or another one than was taken.
    #[error("{} is no whole backup ({why}): nothing was restored", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer Cuebook has taken it.
    #[error(
        "the backup was taken by Cuebook {version}, which is newer than this one: restore it with that version"
    )]
    Newer {
        /// Its version.
        version: String,
    },
    /// It needs another key than the one that is configured.
    #[error(
        "the backup belongs to the secret key with the fingerprint {needed}, but the one given is {given}: \
         restore with the former key"
    )]
    OtherKey {
        /// The fingerprint of its key.
        needed: String,
        /// The fingerprint of the given one.
        given: String,
    },
    /// The database cannot be copied or prepared.
    #[error("the database")]
    Store(#[from] StoreError),
}

impl BackupError {
    /// What makes such an error of one of input and output.
    pub(super) fn file(
        doing: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            doing,
            path,
            source,
        }
    }
}
