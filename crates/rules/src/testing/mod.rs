//! The tests of rules: `<name>.test.rhai` beside a rule, run over rehearsals with a virtual clock and mocks.
//!
//! Nothing here prints, and nothing leaves the machine: a call without a mock fails the test by name. A test is a script
//! of its own with the pure functions, the libraries, and the functions of `functions`; its runs are
//! [`crate::rehearse::Rehearsal`]s of the rule beside it.

mod answer;
mod answering;
mod compile;
mod current;
mod difference;
mod effects;
mod emails;
mod failure;
mod files;
mod functions;
mod held;
mod literal;
mod mocks;
mod run_view;
mod runner;
mod shown;
mod stage;

pub(crate) use answer::http as http_answer;
pub use compile::{Test, TestFile, Tests};
pub use difference::line_difference;
pub use emails::mail_of;
pub use failure::TestFailure;
pub use files::TestFiles;
pub use functions::{TEST_FUNCTIONS, TestFunction};
pub use literal::{literal, pretty};
pub use runner::{TestOptions, TestOutcome, TestResult};
