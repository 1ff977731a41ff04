//! Taking a backup: a copy of the database at one moment, then the archive with it, and only then the name that was asked
//! for. Whatever fails before leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};

use cuebook_core::Clock;
use cuebook_store::Store;

use super::manifest::{FORMAT, Manifest};
use super::write::{Parts, write};
use super::{BackupError, configuration, rules};

/// What was taken.
pub(crate) struct Taken {
    /// What it says of itself.
    pub(crate) manifest: Manifest,
    /// The length of the file in bytes.
    pub(crate) length: u64,
}

/// Files that are gone when this is.
struct Leftovers([PathBuf; 2]);

impl Drop for Leftovers {
    fn drop(&mut self) {
        for path in &self.0 {
            // Most often there is none.
            let _ = fs::remove_file(path);
        }
    }
}

/// Takes a backup of the SQLite database at `url`, the rules in `rules_dir` and the configuration file, and writes it to the
/// new file `to`.
pub(crate) async fn take(
    to: &Path,
    url: &str,
    rules_dir: &Path,
    configuration_file: Option<&Path>,
    clock: &dyn Clock,
) -> Result<Taken, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let (copy, half) = (beside(to, ".database"), beside(to, ".half"));
    let leftovers = Leftovers([copy, half]);
    let [copy, half] = &leftovers.0;
    for path in [copy, half] {
        // What a backup that was killed has left.
        let _ = fs::remove_file(path);
    }
    let snapshot = Store::snapshot(url, copy, clock).await?;
    let configuration = match configuration_file {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(BackupError::file("read", path))?;
            configuration::without_secrets(&text)
        }
        None => None,
    };
    let manifest = Manifest {
        format: FORMAT,
        cuebook: env!("CARGO_PKG_VERSION").to_owned(),
        taken_at: snapshot.taken_at,
        schema: snapshot.schema,
        secret_key_fingerprint: snapshot.fingerprint,
    };
    let parts = Parts {
        manifest: &manifest,
        configuration,
        rules: rules::gather(rules_dir)?,
        database: copy,
    };
    let length = write(half, parts)?;
    // Unlike renaming, this never takes the place of a file that has come meanwhile.
    fs::hard_link(half, to)
        .or_else(|_| {
            if to.exists() {
                Err(std::io::ErrorKind::AlreadyExists.into())
            } else {
                fs::rename(half, to)
            }
        })
        .map_err(BackupError::file("write", to))?;
    Ok(Taken { manifest, length })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
