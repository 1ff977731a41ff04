//! `cuebook test --watch`: runs the tests again whenever a file has changed and come to rest.

use super::once;
use crate::commands::check::root_of;
use crate::commands::test::Test;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::folder_changes::FolderChanges;
use crate::output;

/// Runs the tests now and after each change, until the process is ended.
pub(crate) fn watch(arguments: &Test, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let mut paths = arguments.paths.clone();
    if paths.is_empty() {
        paths.push(config.rules_dir.clone());
    }
    let roots = paths
        .iter()
        .map(|path| root_of(path, &config.rules_dir).map(|(root, _)| root));
    let roots = roots.collect::<Result<Vec<_>, Failure>>()?;
    let changes = FolderChanges::begin(&roots).map_err(Failure::unreachable)?;
    loop {
        if let Err(failure) = once(arguments, context) {
            // A file that is half written, or gone for a moment: the next change may mend it.
            output::note(failure);
        }
        output::note("\nwaiting for changes; end with Ctrl-C");
        if !changes.come_to_rest() {
            return Ok(Exit::Good);
        }
    }
}
