//! Who changed what: each change by a person is written down in the transaction that makes it.
//!
//! A store that acts for somebody ([`crate::Store::acting`]) wraps each change that knows its target ([`Change`]) into one
//! that also writes the row of the audit log, with the target as it was before and after. Nothing personal is in such a
//! picture, and no secret. The log is append-only; the database itself refuses anything else.

mod actor;
mod audited;
pub(crate) mod pictures;

pub use actor::Actor;
pub(crate) use audited::{Change, Target};
