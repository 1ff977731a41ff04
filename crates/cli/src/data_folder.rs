//! The data folder: made for its owner alone, holding the keys that the first start makes and the address of the server
//! that runs.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cuebook_core::secret::SecretText;

/// The file of the API's key.
pub(crate) const ADMIN_KEY: &str = "admin.key";
/// The file of the webhook's token.
pub(crate) const HOOK_TOKEN: &str = "hook.token";
/// The file of the key that secrets are encrypted with.
pub(crate) const SECRET_KEY: &str = "secret.key";
/// The file that erasures are noted in. It outlives the database: what was restored is erased again by it.
pub(crate) const ERASURES: &str = "erasures.log";
/// The same for the database of a demo.
pub(crate) const DEMO_ERASURES: &str = "demo-erasures.log";
/// The file that says where the running server listens.
const SERVER_URL: &str = "server.url";

/// The data folder.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder(PathBuf);

/// A key of the data folder.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The key.
    pub(crate) text: SecretText,
    /// Whether it was made just now.
    pub(crate) is_new: bool,
}

/// What goes wrong with a file of the data folder.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {path}")]
pub(crate) struct DataFolderError {
    doing: &'static str,
    path: PathBuf,
    #[source]
    source: io::Error,
}

impl DataFolder {
    /// The folder at `path`, made if it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, DataFolderError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|source| DataFolderError {
            doing: "make the data folder",
            path: path.to_owned(),
            source,
        })?;
        #[cfg(unix)]
        warn_of_readers(path, "the data folder", 0o700);
        Ok(Self(path.to_owned()))
    }

    /// The folder at `path`, whether or not it is there: for commands that only look into it.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Refuses a folder that holds more than keys, the noted erasures and the address of a server that has ended.
    pub(crate) fn refuse_more_than_keys(&self) -> Result<(), DataFolderError> {
        let known = [ADMIN_KEY, HOOK_TOKEN, SECRET_KEY, SERVER_URL, ERASURES];
        let listed = fs::read_dir(&self.0);
        let listed = listed.map_err(|source| self.error("read", "", source))?;
        for entry in listed.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let left = name.ends_with(".lock") || name.contains(".restoring");
            if !left && !known.contains(&name.as_ref()) {
                let why = "it is there already: restore into an empty folder";
                let source = io::Error::new(io::ErrorKind::AlreadyExists, why);
                return Err(self.error("overwrite", &name, source));
            }
        }
        Ok(())
    }

    /// The path of file `name` in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The key in file `name`, if it is there.
    pub(crate) fn key(&self, name: &str) -> Result<Option<SecretText>, DataFolderError> {
        match self.read(name)? {
            Some(text) if !text.is_empty() => {
                #[cfg(unix)]
                warn_of_readers(&self.path(name), "the key", 0o600);
                Ok(Some(SecretText::new(text)))
            }
            _ => Ok(None),
        }
    }

    /// The key in file `name`; made, and readable by its owner alone, if it is not there.
    pub(crate) fn key_or_make(
        &self,
        name: &str,
        make: impl FnOnce() -> SecretText,
    ) -> Result<Kept, DataFolderError> {
        if let Some(text) = self.key(name)? {
            return Ok(Kept {
                text,
                is_new: false,
            });
        }
        let text = make();
        self.write(name, text.reveal())?;
        Ok(Kept { text, is_new: true })
    }

    /// Where the running server listens, as it wrote when it started.
    pub(crate) fn server_url(&self) -> Result<Option<String>, DataFolderError> {
        self.read(SERVER_URL)
    }

    /// Writes where the running server listens.
    pub(crate) fn set_server_url(&self, url: &str) -> Result<(), DataFolderError> {
        self.write(SERVER_URL, url)
    }

    /// The server has stopped. A file that cannot be removed does no harm: nobody answers there.
    pub(crate) fn clear_server_url(&self) {
        let _ = fs::remove_file(self.path(SERVER_URL));
    }

    fn read(&self, name: &str) -> Result<Option<String>, DataFolderError> {
        match fs::read_to_string(self.path(name)) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.error("read", name, source)),
        }
    }

    /// Writes a whole file or nothing: a key that is half there would be worse than none. The file is a new one of its
    /// owner's, never one that was there before: that might be a link, or open to others.
    fn write(&self, name: &str, text: &str) -> Result<(), DataFolderError> {
        let half = self.path(&format!(".{name}.new"));
        let written = remove(&half).and_then(|()| {
            let mut file = new_file(&half)?;
            writeln!(file, "{text}")?;
            file.sync_all()
        });
        written
            .and_then(|()| fs::rename(&half, self.path(name)))
            .map_err(|source| self.error("write", name, source))
    }

    fn error(&self, doing: &'static str, name: &str, source: io::Error) -> DataFolderError {
        DataFolderError {
            doing,
            path: self.path(name),
            source,
        }
    }
}

/// Makes a file that was not there, for its owner alone. A link in its place is not followed.
pub(crate) fn new_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes what an earlier start left half-way; a link itself, and not what it points to.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What was there before may be open to others: the database in the folder holds customers' data, a key opens everything.
#[cfg(unix)]
fn warn_of_readers(path: &Path, what: &str, mode: u32) {
    if is_open_to_others(path) {
        tracing::warn!(
            path = %path.display(),
            "other users of this machine can read {what}: `chmod {mode:o}` closes it"
        );
    }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_then_found() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&dir.path().join("data")).unwrap();
        let made = folder
            .key_or_make(ADMIN_KEY, || SecretText::new("first"))
            .unwrap();
        assert!(made.is_new);
        let found = folder
            .key_or_make(ADMIN_KEY, || SecretText::new("second"))
            .unwrap();
        assert!(!found.is_new);
        assert_eq!(found.text.reveal(), "first");
    }

    #[cfg(unix)]
    #[test]
    fn folder_and_key_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let folder = DataFolder::open(&path).unwrap();
        folder
            .key_or_make(SECRET_KEY, || SecretText::new("x"))
            .unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&folder.path(SECRET_KEY)), 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_leftover_is_never_written_to_whether_it_is_a_link_or_open_to_all() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(&dir.path().join("data")).unwrap();
        let elsewhere = dir.path().join("elsewhere");
        fs::write(&elsewhere, "before").unwrap();
        symlink(&elsewhere, folder.path(".admin.key.new")).unwrap();
        let leftover = folder.path(".hook.token.new");
        fs::write(&leftover, "half").unwrap();
        fs::set_permissions(&leftover, fs::Permissions::from_mode(0o666)).unwrap();
        for name in [ADMIN_KEY, HOOK_TOKEN] {
            folder
                .key_or_make(name, || SecretText::new("the key"))
                .unwrap();
            let data = fs::symlink_metadata(folder.path(name)).unwrap();
            assert!(data.is_file(), "{name}");
            assert_eq!(data.permissions().mode() & 0o777, 0o600, "{name}");
        }
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "before");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_the_group_can_read_is_open_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let key = dir.path().join(ADMIN_KEY);
        fs::write(&key, "x").unwrap();
        for (mode, open) in [(0o600, false), (0o640, true), (0o604, true)] {
            fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_open_to_others(&key), open, "{mode:o}");
        }
    }

    #[test]
    fn an_empty_key_file_counts_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(dir.path()).unwrap();
        fs::write(folder.path(ADMIN_KEY), "\n").unwrap();
        assert!(folder.key(ADMIN_KEY).unwrap().is_none());
    }
}
