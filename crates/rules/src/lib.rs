//! Cuebook's rules: the one place where Rhai lives. Compiles and checks rules, and advances a run by replaying its script
//! over its journal.
//!
//! This crate must not know async, IO beyond reading the rules' folder, SQL or HTTP. It performs nothing: it says what a
//! script asks for.

mod advance;
mod check;
mod compile;
mod convert;
mod definitions;
pub mod diagnostic;
mod duration;
mod engine;
mod failure;
mod files;
mod functions;
mod head;
mod host;
mod localize;
mod outcome;
mod pass;
mod pool;
mod program;
pub mod reference;
pub mod rehearse;
mod sandbox;
mod set;
mod settings;
mod stack;
mod suggest;
mod templates;
pub mod testing;
mod throw;
mod timetable;
mod types;
mod zoned;

pub use check::Checked;
pub use definitions::definitions;
pub use diagnostic::{Diagnostic, Severity};
pub use engine::{Engine, EngineError};
pub use files::{ReadError, RuleFiles};
pub use functions::{PureFunction, pure_functions};
pub use outcome::{Outcome, ScriptFailure};
pub use pass::{OwnedInput, Pass, PassInput};
pub use pool::{Reply, ScriptPool};
pub use program::Program;
pub use set::{ActiveRules, Rule, RuleSet};
pub use settings::{Limits, Settings};
pub use stack::on_big_stack;
pub use timetable::Timetable;
