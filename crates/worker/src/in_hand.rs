//! A bound on what is in hand at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Counts what is in hand.
#[derive(Clone)]
pub(crate) struct InHand(Arc<Semaphore>);

impl InHand {
    pub(crate) fn new(bound: u32) -> Self {
        Self(Arc::new(Semaphore::new(bound as usize)))
    }

    /// How much more may be taken; waits until that is at least one.
    pub(crate) async fn room(&self) -> u32 {
        // Only the loop that asks takes places, so what is free now stays free until it does.
        match self.0.acquire().await {
            Ok(permit) => {
                drop(permit);
                u32::try_from(self.0.available_permits()).unwrap_or(u32::MAX)
            }
            // The semaphore is never closed.
            Err(_) => std::future::pending().await,
        }
    }

    /// Takes a place for as long as the answer lives. `None` where there is no room.
    pub(crate) fn take(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn room_is_what_is_left_and_comes_back() {
        let in_hand = InHand::new(2);
        assert_eq!(in_hand.room().await, 2);
        let first = in_hand.take().unwrap();
        let second = in_hand.take().unwrap();
        assert!(in_hand.take().is_none());
        assert!(in_hand.room().now_or_never().is_none());
        drop(first);
        assert_eq!(in_hand.room().await, 1);
        drop(second);
    }
}
