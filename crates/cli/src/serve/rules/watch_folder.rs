//! Watches the rules' folder and has it read again when it has changed and come to rest.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::folder::Folder;
use crate::folder_changes;

/// Editors write in several steps: so long must nothing have happened.
const REST: Duration = Duration::from_millis(200);
/// How often to look all the same: not every file system tells, and a folder that was replaced tells no more.
const POLL: Duration = Duration::from_secs(5);

/// Watches until `stop`.
pub(super) async fn watch(folder: Folder, stop: CancellationToken) {
    let (changed, mut changes) = mpsc::channel(1);
    let watcher = folder_changes::watch(&[folder.path().to_owned()], move || {
        // A full channel holds a change that is not looked at yet: it stands for this one too.
        let _ = changed.try_send(());
    });
    if let Err(error) = &watcher {
        tracing::warn!(%error, "the system does not tell when rules change; looking every 5 s alone");
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(()) = changes.recv() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        while tokio::time::timeout(REST, changes.recv())
            .await
            .is_ok_and(|change| change.is_some())
        {}
        folder.reload().await;
    }
}
