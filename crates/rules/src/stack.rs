//! Threads with room for scripts: values of some thousand levels are copied and freed recursively, and a stack that
//! overflows ends the process.

use std::io;
use std::thread;

use crate::check::Checked;
use crate::engine::Engine;
use crate::files::RuleFiles;

/// The stack of a thread on which scripts are compiled or run, in bytes.
pub(crate) const STACK: usize = 64 * 1024 * 1024;

/// Does `work` on a thread of its own with a big stack: compiling and running scripts needs one.
///
/// # Errors
/// When the thread cannot be started, or the work has panicked.
pub fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("apart".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)?
            .join()
            .map_err(|_| io::Error::other("what was done apart has failed"))
    })
}

impl Engine {
    /// Checks rules as [`Engine::check`] does, on a thread of its own with a big stack. For whoever is called on a small one:
    /// to check a library is to work its constants out.
    ///
    /// # Errors
    /// When the thread cannot be started, or the checker has failed.
    pub fn check_apart(&self, files: &RuleFiles) -> io::Result<Checked> {
        thread::scope(|scope| {
            thread::Builder::new()
                .name("check".to_owned())
                .stack_size(STACK)
                .spawn_scoped(scope, || self.check(files))?
                .join()
                .map_err(|_| io::Error::other("the checker has failed"))
        })
    }
}
