//! The run whose script the current thread runs, for the length of a pass.

use std::sync::Arc;

use cuebook_core::clock::Timestamp;

use crate::templates::TemplateSet;

/// The moment of the current run: when its event came. The same in each pass, so that pure functions may use it. `None`
/// outside of a run.
pub(crate) fn moment() -> Option<Timestamp> {
    None
}

/// The templates of the current run's version. `None` outside of a run.
pub(crate) fn templates() -> Option<Arc<TemplateSet>> {
    None
}
