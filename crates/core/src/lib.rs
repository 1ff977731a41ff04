//! The types that every other crate of Cuebook speaks: events, rules, runs, journals, effects, ids, time.
//!
//! This crate must not know async, IO, SQL, HTTP or Rhai. It holds what is true about a thing, never how it is done.

pub mod alert;
pub mod chance;
pub mod clock;
pub mod effect;
pub mod emitted;
pub mod endpoint;
pub mod event;
pub mod event_value;
pub mod event_wait;
pub mod events;
pub mod failure;
pub mod function;
pub mod ids;
pub mod journal;
pub mod json_guard;
pub mod keys;
pub mod limits;
pub mod log_line;
pub mod message;
pub mod pid;
pub mod probe;
pub mod reconcile;
pub mod remembering;
pub mod replay;
pub mod retry;
pub mod rule;
pub mod rule_set;
pub mod run;
pub mod secret;
pub mod send;
pub mod state;
pub mod tick;
pub mod value;
pub mod waiting;

pub use chance::Chance;
pub use clock::{Clock, Timestamp};
pub use failure::CallError;
pub use ids::{Account, EffectId, EndpointId, EventId, ReplayId, RunId};
pub use pid::Pid;
pub use probe::{Point, Probe};
pub use value::Value;
