//! Begins to follow the saves, beside the server.

use std::sync::Arc;
use std::thread;

use cuebook_core::Clock;
use cuebook_core::clock::SystemClock;
use cuebook_core::secret::SecretLookup;
use cuebook_store::Store;
use tokio::runtime::Handle;

use super::session::Session;
use crate::config::Config;
use crate::dry_run::Pretended;
use crate::engine;
use crate::exit::Failure;
use crate::folder_changes::FolderChanges;
use crate::output::{self, Colour};

/// What following the saves needs.
pub(crate) struct Desk {
    /// The configuration of the demo.
    pub(crate) config: Config,
    /// The database of the demo.
    pub(crate) store: Store,
    /// What rules name as secrets.
    pub(crate) secrets: Arc<dyn SecretLookup>,
    /// The server's runtime.
    pub(crate) handle: Handle,
    /// Of what is printed.
    pub(crate) colour: Colour,
}

/// Follows the saves on a thread of its own, for as long as the process lives.
pub(crate) fn begin(desk: Desk) -> Result<(), Failure> {
    let engine =
        engine::for_server(&desk.config, desk.secrets.clone()).map_err(Failure::unreachable)?;
    let changes = FolderChanges::begin(std::slice::from_ref(&desk.config.rules_dir))
        .map_err(Failure::unreachable)?;
    let work = move || {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let pretend = Pretended::start(clock.clone(), desk.handle.clone());
        let begun = desk
            .handle
            .block_on(pretend)
            .and_then(|pretend| Session::begin(desk, engine, pretend, clock));
        match begun {
            Ok(session) => follow(session, &changes),
            Err(error) => output::note(format!("saves cannot be followed: {error:#}")),
        }
    };
    thread::Builder::new()
        .name("dev".to_owned())
        .spawn(work)
        .map_err(Failure::unreachable)?;
    Ok(())
}

fn follow(mut session: Session, changes: &FolderChanges) {
    output::line(
        "Save a rule: it is checked, tested and tried on the last event. End with Ctrl-C.\n",
    );
    while changes.come_to_rest() {
        if let Err(error) = session.look() {
            // A file that is half written, or gone for a moment: the next change may mend it.
            output::note(format!("{error:#}"));
        }
    }
}
