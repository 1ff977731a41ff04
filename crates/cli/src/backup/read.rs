//! Reading an archive: every byte is compared with the list of checksums before anything of it is used.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use cuebook_store::Store;
use tar::{Archive, Entry};

use super::manifest::{FORMAT, Manifest};
use super::rules::{RuleFile, leads_down};
use super::sums::{self, Sums};
use super::{BackupError, CONFIGURATION, DATABASE, MANIFEST, RULES, SUMS};
use crate::data_folder::new_file;

/// No rule, and no list of them, is larger.
const SMALL: u64 = 16 << 20;

/// An archive that is whole, its database unpacked to a file that is gone with this.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What it says of itself.
    pub(crate) manifest: Manifest,
    /// The configuration file, if there was one.
    pub(crate) configuration: Option<String>,
    /// The files of the rules.
    pub(crate) rules: Vec<RuleFile>,
    /// Where its database is.
    database: Unpacked,
}

/// A file that is gone when this is, with all that SQLite puts beside it.
#[derive(Debug)]
struct Unpacked(PathBuf);

impl Unpacked {
    fn remove(&self) {
        let (Some(folder), Some(name)) = (self.0.parent(), self.0.file_name()) else {
            return;
        };
        let begins = name.to_string_lossy().into_owned();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&begins) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Opened {
    /// Reads the archive at `path`, unpacking its database to `database`.
    pub(crate) fn read(path: &Path, database: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(BackupError::file("read", path))?;
        let unpacked = Unpacked(database.to_owned());
        // What a restore that was killed has left.
        unpacked.remove();
        let found = Found::read(file, database).map_err(|failed| match failed {
            Failed::Write(source) => BackupError::file("write", database)(source),
            Failed::Broken(why) => BackupError::Broken {
                path: path.to_owned(),
                why,
            },
        })?;
        let Some(manifest) = found.manifest else {
            return Err(BackupError::Broken {
                path: path.to_owned(),
                why: format!("its {MANIFEST} cannot be read"),
            });
        };
        let opened = Self {
            manifest,
            configuration: found.configuration,
            rules: found.rules,
            database: unpacked,
        };
        let manifest = &opened.manifest;
        if manifest.format > FORMAT || manifest.schema > Store::newest_schema() {
            return Err(BackupError::Newer {
                version: manifest.cuebook.clone(),
            });
        }
        Ok(opened)
    }

    /// Where its database is unpacked.
    pub(crate) fn database(&self) -> &Path {
        &self.database.0
    }
}

/// Why an archive could not be unpacked.
enum Failed {
    Write(io::Error),
    Broken(String),
}

#[derive(Default)]
struct Found {
    manifest: Option<Manifest>,
    configuration: Option<String>,
    rules: Vec<RuleFile>,
}

impl Found {
    fn read(file: File, database: &Path) -> Result<Self, Failed> {
        let mut archive = Archive::new(BufReader::new(file));
        let mut entries = archive.entries().map_err(|error| torn(&error))?;
        let mut first = match entries.next() {
            Some(entry) => entry.map_err(|error| torn(&error))?,
            None => return Err(Failed::Broken("it is empty".to_owned())),
        };
        if name_of(&first)? != SUMS {
            return Err(Failed::Broken(format!("it does not begin with {SUMS}")));
        }
        let list = small(&mut first)?;
        let list = String::from_utf8(list)
            .ok()
            .and_then(|text| Sums::parse(&text));
        let mut list = list.ok_or_else(|| Failed::Broken(format!("its {SUMS} cannot be read")))?;
        let mut found = Self::default();
        for entry in entries {
            let mut entry = entry.map_err(|error| torn(&error))?;
            let name = name_of(&entry)?;
            let expected = list.take(&name).ok_or_else(|| {
                Failed::Broken(format!("{name} is not in its list, or is in it twice"))
            })?;
            let sum = if name == DATABASE {
                unpack(&mut entry, database)?
            } else {
                let content = small(&mut entry)?;
                let sum = sums::of_bytes(&content);
                found.take(&name, content)?;
                sum
            };
            if sum != expected {
                return Err(Failed::Broken(format!(
                    "{name} was changed: its checksum is another one"
                )));
            }
        }
        match list.first() {
            Some(missing) => Err(Failed::Broken(format!("{missing} is missing"))),
            None => Ok(found),
        }
    }

    fn take(&mut self, name: &str, content: Vec<u8>) -> Result<(), Failed> {
        if let Some(path) = name.strip_prefix(RULES).filter(|path| leads_down(path)) {
            self.rules.push((path.to_owned(), content));
        } else if name == CONFIGURATION {
            self.configuration = String::from_utf8(content).ok();
        } else if name == MANIFEST {
            self.manifest = serde_json::from_slice(&content).ok();
        } else {
            return Err(Failed::Broken(format!(
                "{name} does not belong into a backup"
            )));
        }
        Ok(())
    }
}

fn name_of(entry: &Entry<'_, impl Read>) -> Result<String, Failed> {
    let path = entry.path().map_err(|error| torn(&error))?;
    let name = path
        .to_str()
        .filter(|_| entry.header().entry_type().is_file());
    name.map(str::to_owned)
        .ok_or_else(|| Failed::Broken("one of its entries is no file".to_owned()))
}

fn small(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>, Failed> {
    let length = entry.size();
    if length > SMALL {
        return Err(Failed::Broken("one of its entries is too large".to_owned()));
    }
    let mut content = Vec::new();
    entry
        .read_to_end(&mut content)
        .map_err(|error| torn(&error))?;
    if content.len() as u64 == length {
        Ok(content)
    } else {
        Err(ends())
    }
}

fn unpack(entry: &mut Entry<'_, impl Read>, to: &Path) -> Result<String, Failed> {
    let length = entry.size();
    let mut file = new_file(to).map_err(Failed::Write)?;
    let (sum, copied) = sums::copy(entry, &mut file).map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull => Failed::Write(error),
        _ => torn(&error),
    })?;
    file.sync_all().map_err(Failed::Write)?;
    if copied == length {
        Ok(sum)
    } else {
        Err(ends())
    }
}

fn torn(error: &io::Error) -> Failed {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ends(),
        _ => Failed::Broken(error.to_string()),
    }
}

fn ends() -> Failed {
    Failed::Broken("it ends too early".to_owned())
}
