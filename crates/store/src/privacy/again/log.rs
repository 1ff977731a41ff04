//! The file: a line of JSON an erasure. A line that broke off, because the process died as it was written, is passed over: its
//! erasure had touched nothing.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::line::{Line, Note};
use crate::connect::failed;
use crate::error::StoreError;

/// The file, once somebody has said where it is.
#[derive(Debug, Default)]
pub(crate) struct ErasureLog(Mutex<Option<PathBuf>>);

impl ErasureLog {
    /// Says where it is.
    pub(super) fn keep_at(&self, path: PathBuf) {
        *self.path() = Some(path);
    }

    /// The erasures that were not stopped, of all lines that can be read.
    pub(super) fn read(&self) -> Result<Vec<Line>, StoreError> {
        let notes = self.notes()?;
        let is_stopped = |request| notes.contains(&Note::Cancelled { cancelled: request });
        let erasures = notes.iter().filter_map(|note| match note {
            Note::Erasure(line) if !is_stopped(line.request) => Some(line.clone()),
            _ => None,
        });
        Ok(erasures.collect())
    }

    fn notes(&self) -> Result<Vec<Note>, StoreError> {
        let path = self.path();
        let Some(path) = path.as_ref() else {
            return Ok(Vec::new());
        };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(path, error)),
        };
        let lines = text.lines().filter(|line| !line.is_empty());
        Ok(lines
            .filter_map(|line| match serde_json::from_str(line) {
                Ok(line) => Some(line),
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "a noted erasure cannot be read");
                    None
                }
            })
            .collect())
    }

    /// Adds a line, unless it is there; on disk when this returns.
    pub(super) fn append(&self, note: &Note) -> Result<(), StoreError> {
        if self.notes()?.contains(note) {
            return Ok(());
        }
        let path = self.path();
        let Some(path) = path.as_ref() else {
            return Ok(());
        };
        let mut text = serde_json::to_string(note)
            .map_err(|error| StoreError::Invalid(format!("an erasure cannot be noted: {error}")))?;
        // A line that broke off ends here.
        text.insert(0, '\n');
        text.push('\n');
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| failed(path, error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| failed(path, error))
    }

    fn path(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn line(number: u128) -> Line {
        Line {
            request: Uuid::from_u128(number),
            cutoff: 7,
            key: "k".to_owned(),
            terms: Vec::new(),
            followed: vec!["ab".to_owned()],
        }
    }

    #[test]
    fn each_erasure_stands_there_once_and_a_broken_line_loses_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let log = ErasureLog::default();
        let begins = |number| Note::Erasure(line(number));
        log.append(&begins(1)).unwrap();
        assert_eq!(log.read().unwrap(), [], "nobody has said where");
        log.keep_at(path.clone());
        assert_eq!(log.read().unwrap(), []);
        log.append(&begins(1)).unwrap();
        log.append(&begins(1)).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"request\":").unwrap();
        log.append(&begins(2)).unwrap();
        assert_eq!(log.read().unwrap(), [line(1), line(2)]);
        let stops = Note::Cancelled {
            cancelled: line(1).request,
        };
        log.append(&stops).unwrap();
        assert_eq!(log.read().unwrap(), [line(2)], "it was stopped");
    }
}
