//! `cuebook test --watch`: runs the tests again whenever a file has changed and come to rest.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecursiveMode, Watcher as _};

use super::once;
use crate::commands::check::root_of;
use crate::commands::test::Test;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output;

/// Editors write in several steps: so long must nothing have happened.
const REST: Duration = Duration::from_millis(150);

/// Runs the tests now and after each change, until the process is ended.
pub(crate) fn watch(arguments: &Test, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let (changed, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Our own reading is told too, and must not make us read again.
        let concerns = event.map_or(true, |event| match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        });
        if concerns {
            // Nobody listens any more when the command has ended.
            let _ = changed.send(());
        }
    })
    .map_err(Failure::unreachable)?;
    let mut paths = arguments.paths.clone();
    if paths.is_empty() {
        paths.push(config.rules_dir.clone());
    }
    for path in &paths {
        let (root, _) = root_of(path, &config.rules_dir)?;
        watcher
            .watch(&root, RecursiveMode::Recursive)
            .map_err(Failure::unreachable)?;
    }
    loop {
        if let Err(failure) = once(arguments, context) {
            // A file that is half written, or gone for a moment: the next change may mend it.
            output::note(failure);
        }
        output::note("\nwaiting for changes; end with Ctrl-C");
        if !come_to_rest(&changes) {
            return Ok(Exit::Good);
        }
    }
}

/// Waits for a change and until nothing more changes. `false` where nobody tells any more.
fn come_to_rest(changes: &Receiver<()>) -> bool {
    if changes.recv().is_err() {
        return false;
    }
    loop {
        match changes.recv_timeout(REST) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}
