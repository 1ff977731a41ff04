//! The engine from outside: scripts are run over journals that a driver fills, as the worker does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod arguments;
mod catching;
mod check;
mod diagnostics;
mod driver;
mod ends;
mod engine;
mod event;
mod functions;
mod fuzz;
mod hostile;
mod imports;
mod journal;
mod limits;
mod logs;
mod memory;
mod parallel;
mod pool;
mod rehearse;
mod remembering;
mod secrets;
mod sends;
mod set;
mod templates;
mod testing;
mod values;
mod wait_for;
mod waits;
