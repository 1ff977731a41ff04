//! How requests reach the writer.

use std::sync::{PoisonError, RwLock};

use tokio::sync::{mpsc, oneshot};

use super::batch::{AnyBatch, Batch};
use super::transition::Transition;
use crate::error::StoreError;

/// How many requests may wait. Beyond it callers wait for a place.
const QUEUE: usize = 1024;

/// The door to the writer.
pub(crate) struct WriterHandle(RwLock<Option<mpsc::Sender<Box<dyn AnyBatch>>>>);

impl WriterHandle {
    /// A door and what comes through it.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Box<dyn AnyBatch>>) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(RwLock::new(Some(sender))), receiver)
    }

    /// Has `request` committed and gives its result.
    pub(crate) async fn submit<T: Transition>(&self, request: T) -> Result<T::Output, StoreError> {
        let sender = self.sender().ok_or(StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        sender
            .send(Box::new(Batch::one(request, reply)))
            .await
            .map_err(|_| StoreError::Closed)?;
        drop(sender);
        // Without an answer the writer has ended: nobody knows whether the request was committed.
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Hands `request` over if there is room, without waiting for its result.
    pub(crate) fn submit_if_idle<T: Transition>(&self, request: T) {
        if let Some(sender) = self.sender() {
            let (reply, _) = oneshot::channel();
            drop(sender.try_send(Box::new(Batch::one(request, reply))));
        }
    }

    /// Whether the writer still takes requests.
    pub(crate) fn is_alive(&self) -> bool {
        self.sender().is_some_and(|sender| !sender.is_closed())
    }

    /// Takes no more requests; those that wait are still committed.
    pub(crate) fn close(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    fn sender(&self) -> Option<mpsc::Sender<Box<dyn AnyBatch>>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
