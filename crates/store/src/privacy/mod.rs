//! One person's data: found wherever it stands, exported, or erased.
//!
//! A request names a person, a mail address or a booking; from then on only keyed hashes of them are kept (`terms`). A
//! worker carries it out by `advance`, a batch at a time, each batch with its place in one transaction, so that a killed
//! process goes on where it was:
//!
//! 1. `search/` looks through everything in batches. `looking/` decides whether a text names somebody, however it is
//!    encoded, and which bookings are that person's: those are searched for in a second pass, and nothing further is
//!    followed.
//! 2. `erase/` overwrites what was found. The rows stay, so that the books close. Then all is searched once more, for what
//!    was written meanwhile.
//! 3. `clean` has the database forget what it no longer holds.
//!
//! What was erased stays known as hashes, in the database and in a file beside it (`again/`): after a restore it is erased
//! again before anything runs. This module must not know how a request is asked for.

mod advance;
mod again;
mod ask;
mod claim;
mod clean;
mod counts;
mod erase;
mod erased;
mod export;
mod looking;
mod progress;
mod received;
mod request;
mod search;
mod terms;
mod tombstone;

pub(crate) use again::ErasureLog;
pub use ask::PrivacyAsked;
pub(crate) use erased::Erased;
pub use received::Received;
pub use request::{
    Found, NewPrivacyRequest, PrivacyFilter, PrivacyKind, PrivacyRequest, PrivacyRequestId,
    PrivacyState,
};
pub(crate) use terms::NameHasher;
pub use terms::{Person, TermKind};
pub use tombstone::is_erased;
pub(crate) use tombstone::{ERASED, erased_events, is_erased_run};
