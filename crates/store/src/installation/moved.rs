//! A database that was moved elsewhere: it refuses to start, so that the same runs are not done twice.

use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

use super::facts::{fact, set_fact};

/// The name of the fact.
const MOVED_TO: &str = "moved_to";

/// A request to say where the database went.
struct MarkMoved(String);

impl Store {
    /// Says that this database has moved to `place` (without passwords): from now on it refuses to be opened.
    pub async fn mark_moved(&self, place: &str) -> Result<(), StoreError> {
        self.inner.writer.submit(MarkMoved(place.to_owned())).await
    }

    /// Refuses a database that has moved.
    pub(crate) async fn check_moved(&self) -> Result<(), StoreError> {
        match fact(self.readers(), MOVED_TO).await? {
            Some(place) => Err(StoreError::Moved(place)),
            None => Ok(()),
        }
    }
}

impl Transition for MarkMoved {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            set_fact(tx, MOVED_TO, request.0.clone()).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
