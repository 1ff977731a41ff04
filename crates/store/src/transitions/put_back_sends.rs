//! Gives claimed sends back whose attempt was not begun: `pending` and claimed → `pending` and free, due when they were
//! said to be. Nothing was tried, so no attempt is recorded or counted.
//!
//! If the process dies before the commit, `take_over` takes the claim for an attempt whose outcome nobody can know: so
//! whoever claims a send that it cannot begin gives it back at once.

use std::collections::HashMap;

use cuebook_core::{EffectId, Timestamp};
use sea_orm::Value;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use super::settle_send::claims;
use super::steps::not_before;
use crate::entities::effects;
use crate::error::StoreError;
use crate::statements::{given, update_each};
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// Sends to give back, each with the fence of its claim and the instant at which it is due.
pub(crate) struct PutBackSends(HashMap<Uuid, (i64, Timestamp)>);

impl Store {
    /// Gives back claimed sends whose attempt was not begun, each with its fence and when it is due. One that somebody
    /// else has by now is left to them.
    pub async fn put_back_sends(
        &self,
        sends: impl IntoIterator<Item = (EffectId, i64, Timestamp)>,
    ) -> Result<(), StoreError> {
        let sends = sends.into_iter();
        let sends = sends.map(|(id, fence, due)| (id.0, (fence, due)));
        let request = PutBackSends(sends.collect());
        self.inner.writer.submit(request).await
    }
}

impl Transition for PutBackSends {
    type Output = ();
    const ORDER: Order = Order::Settle;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let ids = batch.iter().flat_map(|request| request.0.keys().copied());
        let claims = claims(tx, ids).await?;
        let mut rows: HashMap<Uuid, Vec<Value>> = HashMap::new();
        for request in batch {
            for (id, (fence, due)) in &request.0 {
                if claims.get(id).map(|claim| claim.fence) == Some(*fence) {
                    let due = Value::from(not_before(*due));
                    rows.insert(*id, vec![Value::from(*id), due]);
                }
            }
        }
        if !rows.is_empty() {
            tx.ready.timers();
        }
        update_each(
            tx,
            effects::Entity,
            effects::Column::Id,
            vec![
                (effects::Column::DueAt, given(2)),
                (effects::Column::ClaimedAt, Expr::value(None::<i64>)),
                (effects::Column::Holder, Expr::value(None::<Uuid>)),
            ],
            rows.into_values().collect(),
        )
        .await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
