//! Gives back what this process holds, in an orderly end: runs are `ready` again, sends `pending`.
//!
//! A send that is still claimed then counts as tried with an outcome that nobody knows, since its attempt may be under
//! way: so a worker settles what it has begun before it asks for this. If the process dies before the commit, the next
//! one takes over the same.

use super::give_back::{Whose, give_back};
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to give back.
pub(crate) struct ReleaseClaims;

impl Store {
    /// Gives back what this process holds.
    pub async fn release_claims(&self) -> Result<(), StoreError> {
        self.inner.writer.submit(ReleaseClaims).await
    }
}

impl Transition for ReleaseClaims {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        give_back(tx, Whose::Ours(tx.node)).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
