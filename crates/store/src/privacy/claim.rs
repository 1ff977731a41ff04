//! A worker takes the oldest request that nobody is at. On SQLite whoever was at one before has died; on Postgres it has
//! where nothing was heard of it for a while.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::progress::save;
use super::request::PrivacyState;
use crate::entities::privacy_requests::{Column, Entity};
use crate::error::StoreError;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// So long a worker on Postgres may be silent, in microseconds: no batch takes so long.
const SILENCE: i64 = 120_000_000;

/// A request for work.
struct Claim(Option<Uuid>);

impl Store {
    /// Takes a request about a person's data, if there is one that nobody is at.
    pub async fn claim_privacy(&self) -> Result<Option<Uuid>, StoreError> {
        let open = [PrivacyState::Pending, PrivacyState::Running];
        let any = Entity::find()
            .filter(Column::State.is_in(open.map(PrivacyState::as_str)))
            .one(self.readers())
            .await?;
        if any.is_none() {
            // As nearly always: the writer is not bothered.
            return Ok(None);
        }
        self.inner.writer.submit(Claim(None)).await
    }

    /// Takes this request, if nobody is at it.
    pub(super) async fn claim_this(&self, id: Uuid) -> Result<Option<Uuid>, StoreError> {
        self.inner.writer.submit(Claim(Some(id))).await
    }
}

impl Transition for Claim {
    type Output = Option<Uuid>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Option<Uuid>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(claim(tx, request.0).await?));
        }
        Ok(results)
    }
}

async fn claim(tx: &Tx<'_>, this: Option<Uuid>) -> Result<Option<Uuid>, StoreError> {
    let mut select = Entity::find()
        .filter(is_free(tx))
        .order_by_asc(Column::Id)
        .limit(1);
    if let Some(id) = this {
        select = select.filter(Column::Id.eq(id));
    }
    if tx.is_shared() {
        select = select.lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        );
    }
    let Some(mut row) = select.one(tx.db).await? else {
        return Ok(None);
    };
    let id = row.id;
    PrivacyState::Running.as_str().clone_into(&mut row.state);
    row.holder = Some(tx.node);
    row.seen_at = Some(tx.now_micros());
    row.started_at = row.started_at.or(Some(tx.now_micros()));
    save(tx, row).await?;
    Ok(Some(id))
}

fn is_free(tx: &Tx<'_>) -> Condition {
    let running = Column::State.eq(PrivacyState::Running.as_str());
    let left = if tx.is_shared() {
        let silent = tx.now_micros() - SILENCE;
        running.and(
            Column::Holder
                .eq(tx.node)
                .or(Column::SeenAt.lt(silent))
                .or(Expr::col(Column::SeenAt).is_null()),
        )
    } else {
        running
    };
    Condition::any()
        .add(Column::State.eq(PrivacyState::Pending.as_str()))
        .add(left)
}
