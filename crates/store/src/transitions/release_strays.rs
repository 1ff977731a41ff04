//! Gives back what this process holds by a claim that it never heard of: the commit reached the database and its answer
//! did not reach us. Runs are `ready` again, sends free again; of such a send no attempt was made, so none is recorded.
//!
//! The caller names all that it has in hand, by claim: an id held under another fence is a stray too. If the process dies
//! before the commit, whatever it held is taken over (see `take_over`).

use std::collections::HashSet;

use cuebook_core::run::RunState;
use cuebook_core::{EffectId, RunId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entities::{effects, runs};
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to give back the runs that are not in hand.
pub(crate) struct ReleaseStrayRuns(HashSet<(Uuid, i64)>);

/// A request to give back the sends that are not in hand.
pub(crate) struct ReleaseStraySends(HashSet<(Uuid, i64)>);

impl Store {
    /// Gives back every run that this process holds, but for those in hand, each with the fence of its claim. To be
    /// called by whoever claims runs, after a claim whose outcome it does not know. Gives how many there were.
    pub async fn release_runs_except(
        &self,
        in_hand: impl IntoIterator<Item = (RunId, i64)>,
    ) -> Result<usize, StoreError> {
        let in_hand = in_hand.into_iter().map(|(id, fence)| (id.0, fence));
        let request = ReleaseStrayRuns(in_hand.collect());
        self.inner.writer.submit(request).await
    }

    /// Gives back every send that this process holds, as [`Self::release_runs_except`] does with runs. What was begun must
    /// be among `in_hand` until it is settled.
    pub async fn release_sends_except(
        &self,
        in_hand: impl IntoIterator<Item = (EffectId, i64)>,
    ) -> Result<usize, StoreError> {
        let in_hand = in_hand.into_iter().map(|(id, fence)| (id.0, fence));
        let request = ReleaseStraySends(in_hand.collect());
        self.inner.writer.submit(request).await
    }
}

impl Transition for ReleaseStrayRuns {
    type Output = usize;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<usize> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(release_runs(tx, &request.0).await?));
        }
        Ok(results)
    }
}

impl Transition for ReleaseStraySends {
    type Output = usize;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<usize> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(release_sends(tx, &request.0).await?));
        }
        Ok(results)
    }
}

async fn release_runs(tx: &Tx<'_>, in_hand: &HashSet<(Uuid, i64)>) -> Result<usize, StoreError> {
    let mut select = runs::Entity::find()
        .select_only()
        .columns([runs::Column::Id, runs::Column::Fence])
        .filter(Expr::col(runs::Column::State).eq(word("running")))
        .filter(runs::Column::Holder.eq(tx.node));
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let strays = strays(select.into_tuple().all(tx.db).await?, in_hand);
    if strays.is_empty() {
        return Ok(0);
    }
    let claims = Expr::col(runs::Column::Claims);
    runs::Entity::update_many()
        .col_expr(runs::Column::State, Expr::value(RunState::Ready.as_str()))
        // Nobody had it, so it killed nobody.
        .col_expr(
            runs::Column::Claims,
            Expr::case(claims.clone().gt(0_i32), claims.sub(1_i32))
                .finally(0_i32)
                .into(),
        )
        .col_expr(
            runs::Column::Fence,
            Expr::col(runs::Column::Fence).add(1_i64),
        )
        .col_expr(runs::Column::Holder, Expr::value(None::<Uuid>))
        .filter(runs::Column::Id.is_in(strays.iter().copied()))
        .exec(tx.db)
        .await?;
    tx.ready.runs();
    Ok(strays.len())
}

async fn release_sends(tx: &Tx<'_>, in_hand: &HashSet<(Uuid, i64)>) -> Result<usize, StoreError> {
    let mut select = effects::Entity::find()
        .select_only()
        .columns([effects::Column::Id, effects::Column::Fence])
        .filter(Expr::col(effects::Column::State).eq(word("pending")))
        .filter(effects::Column::ClaimedAt.is_not_null())
        .filter(effects::Column::Holder.eq(tx.node));
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let strays = strays(select.into_tuple().all(tx.db).await?, in_hand);
    if strays.is_empty() {
        return Ok(0);
    }
    effects::Entity::update_many()
        .col_expr(effects::Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(
            effects::Column::Fence,
            Expr::col(effects::Column::Fence).add(1_i64),
        )
        .col_expr(effects::Column::Holder, Expr::value(None::<Uuid>))
        .filter(effects::Column::Id.is_in(strays.iter().copied()))
        .exec(tx.db)
        .await?;
    tx.ready.sends();
    Ok(strays.len())
}

fn strays(held: Vec<(Uuid, i64)>, in_hand: &HashSet<(Uuid, i64)>) -> Vec<Uuid> {
    held.into_iter()
        .filter(|claim| !in_hand.contains(claim))
        .map(|(id, _)| id)
        .collect()
}
