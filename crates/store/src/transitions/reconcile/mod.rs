//! Reconciliation, from the store's side. In order: `mark` (since when Cuebook looks), `begin` (one at a time, on however many
//! nodes), `take` (who carries it out), `keep_found` (a page of changed records: which of them become events), `end`.
//!
//! A reconciliation that died half-way is taken by another process, or by the next one, and begins its lists anew: each
//! change that was looked at stands in `reconciled_changes`, and is passed over.

mod begin;
mod end;
mod heard;
mod keep_found;
mod mark;
mod seen;
mod take;

pub use begin::{BeginReconciliation, Begun};
pub use end::ReconciliationEnd;
pub use keep_found::{FoundPage, PageKept};
pub use mark::Mark;
pub use take::TakenReconciliation;
