//! Requests of one kind that have gathered, with those who wait for their answers.

use std::any::Any;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::subject_locks::SubjectLocks;
use super::transition::{Order, Transition};
use super::tx::Tx;
use crate::error::StoreError;

/// Where the answer to a request goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A batch whose kind is not known here.
#[async_trait]
pub(crate) trait AnyBatch: Any + Send {
    /// Its place within a group.
    fn order(&self) -> Order;

    /// Whether it must survive a power cut.
    fn durable(&self) -> bool;

    /// How many requests it holds.
    fn len(&self) -> usize;

    /// Notes the subjects that the requests are about.
    fn lock(&self, locks: &mut SubjectLocks);

    /// Takes in another batch if it is of the same kind, else gives it back.
    fn absorb(&mut self, other: Box<dyn AnyBatch>) -> Option<Box<dyn AnyBatch>>;

    /// Applies the requests and keeps the results until they are committed.
    async fn apply(&mut self, tx: &Tx<'_>) -> Result<(), StoreError>;

    /// Tells the callers their results: the transaction is committed.
    fn answer(self: Box<Self>);

    /// Tells all callers the same error.
    fn refuse(self: Box<Self>, error: &StoreError);

    /// The requests as batches of one.
    fn split(self: Box<Self>) -> Vec<Box<dyn AnyBatch>>;
}

/// Requests of kind `T`.
pub(crate) struct Batch<T: Transition> {
    requests: Vec<T>,
    replies: Vec<Reply<T::Output>>,
    results: Vec<Result<T::Output, StoreError>>,
}

impl<T: Transition> Batch<T> {
    /// A batch of one.
    pub(crate) fn one(request: T, reply: Reply<T::Output>) -> Self {
        Self {
            requests: vec![request],
            replies: vec![reply],
            results: Vec::new(),
        }
    }
}

#[async_trait]
impl<T: Transition> AnyBatch for Batch<T> {
    fn order(&self) -> Order {
        T::ORDER
    }

    fn durable(&self) -> bool {
        T::DURABLE
    }

    fn len(&self) -> usize {
        self.requests.len()
    }

    fn lock(&self, locks: &mut SubjectLocks) {
        for request in &self.requests {
            request.lock(locks);
        }
    }

    fn absorb(&mut self, other: Box<dyn AnyBatch>) -> Option<Box<dyn AnyBatch>> {
        if !(&*other as &dyn Any).is::<Self>() {
            return Some(other);
        }
        if let Ok(mut same) = (other as Box<dyn Any>).downcast::<Self>() {
            self.requests.append(&mut same.requests);
            self.replies.append(&mut same.replies);
        }
        None
    }

    async fn apply(&mut self, tx: &Tx<'_>) -> Result<(), StoreError> {
        self.results = T::apply(&self.requests, tx).await?;
        Ok(())
    }

    fn answer(self: Box<Self>) {
        for (reply, result) in self.replies.into_iter().zip(self.results) {
            // A caller that has gone does not want to know.
            drop(reply.send(result));
        }
    }

    fn refuse(self: Box<Self>, error: &StoreError) {
        for reply in self.replies {
            drop(reply.send(Err(error.clone())));
        }
    }

    fn split(self: Box<Self>) -> Vec<Box<dyn AnyBatch>> {
        self.requests
            .into_iter()
            .zip(self.replies)
            .map(|(request, reply)| Box::new(Self::one(request, reply)) as Box<dyn AnyBatch>)
            .collect()
    }
}
