//! The one writer: whatever requests have gathered while the last commit ran go into the next transaction together.
//! There is no timer: a lone request is committed at once, and under load a commit is shared by hundreds.
//!
//! A caller is answered only after the commit. If a group fails because the database is not available, all its callers
//! are told so, and so is whoever waits behind it; the next request tries again. If it fails for another reason, its
//! requests are applied one by one, each in a transaction of its own, so that only the guilty one gets the error.
//!
//! On SQLite the writer has a thread of its own: an answer of the database wakes it at once, however busy the others are.

mod alone;
mod batch;
mod connection;
mod group;
mod handle;
mod known;
mod known_claims;
#[cfg(test)]
mod outage_tests;
mod subject_locks;
mod task;
mod transition;
mod tx;
mod upkeep;
mod work;

pub(crate) use alone::commit_alone;
pub(crate) use connection::WriterConnection;
pub(crate) use handle::WriterHandle;
pub(crate) use subject_locks::SubjectLocks;
pub(crate) use task::WriterTask;
pub(crate) use transition::{Applied, Order, Transition};
pub(crate) use tx::Tx;
