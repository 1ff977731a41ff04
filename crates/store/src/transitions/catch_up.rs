//! Changes nothing: whoever waits for it knows that all that was asked for before has been committed or refused, and that what
//! it had for the hands was handed over.

use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to wait.
pub(crate) struct CatchUp;

impl Store {
    /// Waits until the writer has done what it was asked for so far.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.inner.writer.submit(CatchUp).await
    }
}

impl Transition for CatchUp {
    type Output = ();
    const ORDER: Order = Order::Claim;
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], _tx: &Tx<'_>) -> Applied<()> {
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
