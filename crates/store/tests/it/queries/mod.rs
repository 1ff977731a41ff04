//! What operators look at.

mod events;
mod ledger;
mod runs;
