//! Retention: what is old is given up, in two stages, some events at a time. First what an event and its runs *say*: bytes,
//! journals, lines, mails, answers. Much later that they *were*: the rows themselves. Time counts from the end of an
//! event's last run.
//!
//! 1. `plan` reads which events are next: those that had to wait and whose time has come, then the oldest that were never
//!    looked at. Each is either due, or looked at again later: it is too young, a run of it is not over, a send of it
//!    has not left, or a run that began before it may still wait for it.
//! 2. `expire` or `forget` gives up those that are due, in one transaction with the place in the row of events. It looks
//!    once more whether all their runs are over and all their sends have left: an operator may have begun one anew.
//!
//! If the process dies in between, the same events are planned again. Several processes may do so at once: what one has
//! given up the other does not find.

mod awaited;
mod expire;
mod forget;
mod keep;
mod outdated;
mod plan;
mod retain;
#[cfg(test)]
mod retain_tests;
mod stage;
mod test_deliveries;
mod tombstone;
mod unsent;

pub(crate) use expire::REASON;
pub use keep::Retention;
pub use retain::Retained;
pub use tombstone::is_expired;
pub(crate) use tombstone::is_expired_run;
