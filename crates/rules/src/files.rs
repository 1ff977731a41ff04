//! A folder of rules as a set of files in memory: what the rest of this crate works on.
//!
//! This is the one place of the crate that reads a disk. It judges no content: an overlong or broken file is kept, so
//! that the checker can say where and what.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cuebook_core::limits;

/// How deep folders may be nested: links inside the folder may lead in circles.
const DEPTH: usize = 8;
/// The largest template, in bytes.
pub(crate) const TEMPLATE: usize = 4 * limits::SOURCE;
/// The most files that one set has.
const FILES: usize = 5_000;
/// The longest path of a file that is handed over, in bytes.
const PATH: usize = 250;
/// What editors and version control leave beside the files.
const LEFTOVERS: &[&str] = &["~", ".bak", ".orig", ".rej", ".swp", ".swo", ".tmp"];

/// The files that make up a set of rules: paths with `/`, relative to the rules' folder, and their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleFiles(pub BTreeMap<String, Vec<u8>>);

/// Why a folder of rules cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A link leads out of the rules' folder.
    #[error("{path} is a link that leads out of the rules' folder: copy the file into it")]
    LinkOutside {
        /// The link.
        path: PathBuf,
    },
    /// A name is no UTF-8.
    #[error("the name of {path:?} is not UTF-8: rename it")]
    Name {
        /// The file.
        path: PathBuf,
    },
    /// There are too many files, or folders too deep: most likely a wrong folder.
    #[error("{path} holds more than a folder of rules does: {FILES} files, {DEPTH} folders deep")]
    TooMuch {
        /// The folder.
        path: PathBuf,
    },
}

impl RuleFiles {
    /// Reads the rules, libraries and templates under `dir`.
    ///
    /// Left out: hidden files, what editors leave behind, `README*`, the tests of rules (`*.test.rhai`), and outside of
    /// `templates/` whatever is no `*.rhai`. Of a file beyond its limit only as much is read as shows that.
    pub fn read(dir: &Path) -> Result<Self, ReadError> {
        Self::read_those(dir, is_ours)
    }

    /// Reads those files under `dir` whose paths `wanted` takes.
    pub(crate) fn read_those(dir: &Path, wanted: fn(&str) -> bool) -> Result<Self, ReadError> {
        let root = fs::canonicalize(dir).map_err(|source| io_error(dir, source))?;
        let mut reader = Reader {
            root: &root,
            wanted,
            files: Self::default(),
        };
        reader.read_folder(&root, "", 0)?;
        Ok(reader.files)
    }

    /// Whether a file at this path would be read from a folder: a rule, a library or a template.
    pub fn takes(path: &str) -> bool {
        let is_name = |name: &str| {
            !name.is_empty() && !is_left_out(name) && !name.contains(['\\', '\0', ':'])
        };
        path.len() <= PATH
            && path.split('/').count() <= DEPTH
            && path.split('/').all(is_name)
            && is_ours(path)
    }

    /// The text of a file; `None` where there is none, or where it is no UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.0.get(path)?).ok()
    }

    /// The templates: their paths below `templates/`, and their bytes.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .range("templates/".to_owned()..)
            .map_while(|(path, bytes)| Some((path.strip_prefix("templates/")?, bytes.as_slice())))
    }
}

/// Reads a folder.
struct Reader<'a> {
    root: &'a Path,
    wanted: fn(&str) -> bool,
    files: RuleFiles,
}

impl Reader<'_> {
    fn read_folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), ReadError> {
        let root = self.root;
        if depth > DEPTH {
            return Err(ReadError::TooMuch {
                path: folder.to_owned(),
            });
        }
        let entries = fs::read_dir(folder).map_err(|source| io_error(folder, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| io_error(folder, source))?;
            let place = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                return Err(ReadError::Name { path: place });
            };
            if is_left_out(&name) {
                continue;
            }
            let path = format!("{prefix}{name}");
            let target = fs::canonicalize(&place).map_err(|source| io_error(&place, source))?;
            if !target.starts_with(root) {
                return Err(ReadError::LinkOutside { path: place });
            }
            if target.is_dir() {
                self.read_folder(&target, &format!("{path}/"), depth + 1)?;
            } else if (self.wanted)(&path) {
                if self.files.0.len() >= FILES {
                    return Err(ReadError::TooMuch {
                        path: root.to_owned(),
                    });
                }
                let limit = if path.starts_with("templates/") {
                    TEMPLATE
                } else {
                    limits::SOURCE
                };
                let bytes = read_file(&target, limit).map_err(|source| io_error(&place, source))?;
                self.files.0.insert(path, bytes);
            }
        }
        Ok(())
    }
}

fn io_error(path: &Path, source: io::Error) -> ReadError {
    ReadError::Io {
        path: path.to_owned(),
        source,
    }
}

/// The file's bytes; of one that is longer than `limit`, one more than that.
fn read_file(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_left_out(name: &str) -> bool {
    name.starts_with(['.', '#'])
        || LEFTOVERS.iter().any(|end| name.ends_with(end))
        || name
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("readme"))
}

fn is_ours(path: &str) -> bool {
    let stem = path.strip_suffix(".rhai");
    path.starts_with("templates/") || stem.is_some_and(|stem| stem.strip_suffix(".test").is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, path: &str, bytes: &[u8]) {
        let place = dir.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, bytes).unwrap();
    }

    fn paths(files: &RuleFiles) -> Vec<&str> {
        files.0.keys().map(String::as_str).collect()
    }

    #[test]
    fn what_a_folder_would_not_give_is_not_taken_either() {
        for path in [
            "new-booking/a.rhai",
            "lib/deep/b.rhai",
            "templates/a.de.html",
        ] {
            assert!(RuleFiles::takes(path), "{path}");
        }
        for path in [
            "",
            "a//b.rhai",
            "/etc/passwd.rhai",
            "../a.rhai",
            "new-booking/.a.rhai",
            "new-booking/a.test.rhai",
            "new-booking/a.txt",
            "templates/a~",
        ] {
            assert!(!RuleFiles::takes(path), "{path}");
        }
    }

    #[test]
    fn rules_libraries_and_templates_are_read_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        for path in [
            "new-booking/thank.rhai",
            "new-booking/thank.test.rhai",
            "new-booking/thank.rhai~",
            "new-booking/.thank.rhai.swp",
            "new-booking/notes.txt",
            "lib/mail.rhai",
            "templates/thanks.de.html",
            "templates/parts/foot.html",
            "templates/README.md",
            "README.md",
            ".git/x.rhai",
        ] {
            write(dir.path(), path, b"1");
        }
        let files = RuleFiles::read(dir.path()).unwrap();
        assert_eq!(
            paths(&files),
            [
                "lib/mail.rhai",
                "new-booking/thank.rhai",
                "templates/parts/foot.html",
                "templates/thanks.de.html"
            ]
        );
        let templates: Vec<&str> = files.templates().map(|(name, _)| name).collect();
        assert_eq!(templates, ["parts/foot.html", "thanks.de.html"]);
    }

    #[test]
    fn of_an_overlong_file_no_more_is_read_than_shows_it() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "any/long.rhai", &vec![b'/'; limits::SOURCE * 3]);
        let files = RuleFiles::read(dir.path()).unwrap();
        assert_eq!(files.0["any/long.rhai"].len(), limits::SOURCE + 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_inside_the_folder_only() {
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "secret.rhai", b"1");
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "..data/thank.rhai", b"1");
        fs::create_dir(dir.path().join("new-booking")).unwrap();
        std::os::unix::fs::symlink(
            "../..data/thank.rhai",
            dir.path().join("new-booking/thank.rhai"),
        )
        .unwrap();
        assert_eq!(
            paths(&RuleFiles::read(dir.path()).unwrap()),
            ["new-booking/thank.rhai"]
        );

        std::os::unix::fs::symlink(
            outside.path().join("secret.rhai"),
            dir.path().join("new-booking/other.rhai"),
        )
        .unwrap();
        assert!(matches!(
            RuleFiles::read(dir.path()),
            Err(ReadError::LinkOutside { path }) if path.ends_with("other.rhai")
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_circle_of_links_ends() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("lib")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("lib/again")).unwrap();
        assert!(matches!(
            RuleFiles::read(dir.path()),
            Err(ReadError::TooMuch { .. })
        ));
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_it() {
        let error = RuleFiles::read(Path::new("/nowhere/rules")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nowhere/rules");
    }
}
