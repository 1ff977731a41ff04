//! What operators look at.

mod books;
mod events;
mod ledger;
mod runs;
mod stats;
