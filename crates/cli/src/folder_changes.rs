//! Watches folders, and tells when something in them has changed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// Editors write in several steps: so long must nothing have happened.
const REST: Duration = Duration::from_millis(150);

/// Calls `changed` for each change below one of the folders, for as long as the watcher lives.
pub(crate) fn watch(
    folders: &[PathBuf],
    changed: impl Fn() + Send + 'static,
) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Our own reading is told too, and must not make us read again.
        let concerns = event.map_or(true, |event| match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        });
        if concerns {
            changed();
        }
    })?;
    for folder in folders {
        watcher.watch(folder, RecursiveMode::Recursive)?;
    }
    Ok(watcher)
}

/// The changes of folders, for a thread that waits for them.
pub(crate) struct FolderChanges {
    changes: Receiver<()>,
    /// Tells for as long as it lives.
    _watcher: RecommendedWatcher,
}

impl FolderChanges {
    /// Begins to watch.
    pub(crate) fn begin(folders: &[PathBuf]) -> notify::Result<Self> {
        let (changed, changes) = channel();
        let watcher = watch(folders, move || {
            // Nobody listens any more when the command has ended.
            let _ = changed.send(());
        })?;
        Ok(Self {
            changes,
            _watcher: watcher,
        })
    }

    /// Waits for a change and until nothing more changes. `false` where nobody tells any more.
    pub(crate) fn come_to_rest(&self) -> bool {
        if self.changes.recv().is_err() {
            return false;
        }
        loop {
            match self.changes.recv_timeout(REST) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }
}
