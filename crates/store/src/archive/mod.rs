//! The past, for whoever wants to know what other rules would have made of it: stored events in the order of their arrival,
//! with the journals and effects of their runs.
//!
//! An [`Archive`] only reads, and beside a running server. It must not know what is looked for in it.

mod awaited;
mod by_id;
mod events;
mod occurrences;
mod open;
mod open_runs;
mod runs;
mod secrets;

pub use events::EventRange;
pub use occurrences::Occurrence;
pub use open::Archive;
pub use open_runs::OpenRun;
pub use runs::{PastEffect, PastRun, PastStep};
