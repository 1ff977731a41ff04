//! What a transition is to the writer: something that many callers ask for at once, applied as one batch.

use std::future::Future;

use super::subject_locks::SubjectLocks;
use super::tx::Tx;
use crate::error::StoreError;

/// The order of kinds within a group. Claims come last, so that they see what was just made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    /// What happened to sends.
    Settle,
    /// What running runs record.
    Record,
    /// What ends a segment.
    End,
    /// New events.
    Accept,
    /// Everything that is rare.
    Admin,
    /// Claims.
    Claim,
}

/// The outcome of a batch: one result for each request, or an error that undoes the whole batch.
pub(crate) type Applied<T> = Result<Vec<Result<T, StoreError>>, StoreError>;

/// A change to the database that is applied for many requests at once, with statements for many rows.
pub(crate) trait Transition: Sized + Send + Sync + 'static {
    /// What the caller gets once the transaction is committed.
    type Output: Send + 'static;

    /// Its place within a group.
    const ORDER: Order;

    /// Whether a power cut just after the commit must not undo it. A group of which nothing needs it is not synced.
    const DURABLE: bool = true;

    /// Notes the subjects whose events or waits it is about.
    fn lock(&self, _locks: &mut SubjectLocks) {}

    /// Applies the batch. Gives one result per request, in their order.
    fn apply(batch: &[Self], tx: &Tx<'_>) -> impl Future<Output = Applied<Self::Output>> + Send;
}
