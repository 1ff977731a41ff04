//! A subject that answers.

use tempfile::TempDir;

use super::process::Process;
use crate::load::Target;

/// A subject that answers; it ends when it is dropped.
pub(crate) struct Running {
    /// Its process.
    pub(crate) process: Process,
    /// Where its webhooks go.
    pub(crate) target: Target,
    /// Where it stores; removed with it.
    pub(super) _folder: Option<TempDir>,
}
