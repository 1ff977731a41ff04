//! Rehearsing runs: a rule on an event, in memory, with answers from wherever its user has them. Nothing leaves the machine.
//!
//! This is the one driver beside the worker's, for whoever wants to know what a run would do: the tests of rules, the dry
//! run, the backtest. It is synchronous and knows no store, no network and no clock but the one that it is given. What a
//! run is, it takes from where the worker takes it: passes from [`crate::Engine::advance`], cuts from the journal, keys
//! and emitted events from `core`.

mod answers;
mod crash;
mod given;
mod memory;
mod perform;
mod recorded;
mod rehearsal;
mod seen;
mod standing;
mod waits;
mod world;

pub use answers::{Answers, Asked, NoAnswers};
pub use given::{CannotBeGiven, Given};
pub use memory::Memory;
pub use recorded::{Recalled, Recorded, accepted};
pub use rehearsal::{Rehearsal, SentSegment};
pub use standing::{Standing, Waiting};
pub use world::World;
