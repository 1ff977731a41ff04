//! The tests in short: what failed in full, and one line for all.

use std::path::PathBuf;

use super::report;
use super::tested::Tested;
use crate::commands::test::{Format, Test};
use crate::config::Config;
use crate::exit::Failure;
use crate::output::Colour;

/// Runs the tests of `paths`, and tells what became of them.
pub(crate) fn brief(
    paths: Vec<PathBuf>,
    config: &Config,
    colour: Colour,
) -> Result<String, Failure> {
    let arguments = Test {
        paths,
        filter: None,
        crash_everywhere: false,
        watch: false,
        show_output: false,
        from_run: None,
        demo: false,
        format: Format::Text,
    };
    Ok(report::brief(&Tested::new(&arguments, config)?, colour))
}
