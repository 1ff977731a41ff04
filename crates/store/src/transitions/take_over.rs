//! Takes over what a dead process held, when a database that only one process may use is opened: runs are `ready`
//! again; sends are `pending` again, and their open attempts are recorded as `unknown`.
//!
//! If the process dies before the commit, the next one takes over the same; if after, there is nothing left to do.

use super::give_back::{Whose, give_back};
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to take over.
pub(crate) struct TakeOver;

impl Transition for TakeOver {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        give_back(tx, Whose::Everybodys).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
