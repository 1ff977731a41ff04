//! One time through the tests.

use super::json;
use super::report;
use super::tested::Tested;
use crate::commands::test::{Format, Test};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::{self, Colour};

/// Runs the tests and prints what became of them.
pub(crate) fn once(arguments: &Test, context: &Context) -> Result<Exit, Failure> {
    let config = context.config()?;
    let tested = Tested::new(arguments, &config)?;
    let colour = Colour::of_stdout(context.environment());
    match arguments.format {
        Format::Text => output::text(&report::text(&tested, arguments.show_output, colour)),
        Format::Json => output::line(json::text(&tested).map_err(Failure::unreachable)?),
    }
    Ok(if tested.is_good() {
        Exit::Good
    } else {
        Exit::Findings
    })
}
