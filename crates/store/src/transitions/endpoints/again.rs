//! Deliveries that are tried again because a person wants it: one of them, or all that an endpoint has missed; and those
//! that were held for an endpoint that is enabled now. They are `pending`, due at once, with the same `webhook-id`: a
//! receiver that had one already can tell.

use cuebook_core::clock::to_micros;
use cuebook_core::effect::EffectState;
use cuebook_core::{EffectId, EndpointId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::super::retry_send::{EffectOperated, effect_and_state};
use crate::audit::{Change, Target, pictures};
use crate::entities::{effects, endpoints};
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// How many deliveries are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered(pub u64);

/// A request to deliver once more.
pub(crate) struct ResendDelivery {
    endpoint: EndpointId,
    id: EffectId,
}

/// A request to deliver what failed.
pub(crate) struct RecoverDeliveries {
    endpoint: EndpointId,
    since: Timestamp,
    until: Option<Timestamp>,
}

/// A request to let go what is held for an endpoint that is enabled.
pub(crate) struct ReleaseHeld(pub(crate) EndpointId);

impl Store {
    /// Delivers once more, whatever came of it before.
    pub async fn resend_delivery(
        &self,
        endpoint: EndpointId,
        id: EffectId,
    ) -> Result<EffectOperated, StoreError> {
        self.change(ResendDelivery { endpoint, id }).await
    }

    /// Delivers what was wanted since `since`, and before `until`, and has failed or whose outcome nobody knows.
    pub async fn recover_deliveries(
        &self,
        endpoint: EndpointId,
        since: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Recovered, StoreError> {
        let request = RecoverDeliveries {
            endpoint,
            since,
            until,
        };
        self.change(request).await
    }
}

impl Transition for ResendDelivery {
    type Output = EffectOperated;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<EffectOperated> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(resend(tx, request).await?));
        }
        Ok(results)
    }
}

impl Change for ResendDelivery {
    fn target(&self) -> Target {
        Target::new("effect", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_effect(tx, self.id).await
    }
}

async fn resend(tx: &Tx<'_>, request: &ResendDelivery) -> Result<EffectOperated, StoreError> {
    let Some((row, state)) = effect_and_state(tx, request.id).await? else {
        return Ok(EffectOperated::NoSuch);
    };
    if row.endpoint_id != Some(request.endpoint.0) {
        return Ok(EffectOperated::NoSuch);
    }
    match state {
        EffectState::Pending if row.claimed_at.is_some() => return Ok(EffectOperated::UnderWay),
        EffectState::Held => return Ok(EffectOperated::NotIn(state)),
        _ => {}
    }
    due_at_once(tx, effects::Column::Id.eq(row.id)).await?;
    Ok(EffectOperated::Done)
}

impl Transition for RecoverDeliveries {
    type Output = Recovered;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Recovered> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            let missed = Condition::all()
                .add(effects::Column::EndpointId.eq(request.endpoint.0))
                .add(effects::Column::State.is_in(["failed", "unknown"]))
                .add(effects::Column::CreatedAt.gte(to_micros(request.since)))
                .add_option(
                    request
                        .until
                        .map(|until| effects::Column::CreatedAt.lt(to_micros(until))),
                );
            results.push(Ok(Recovered(due_at_once(tx, missed).await?)));
        }
        Ok(results)
    }
}

impl Change for RecoverDeliveries {
    fn target(&self) -> Target {
        Target::new("endpoint", &self.endpoint)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        use sea_orm::PaginatorTrait as _;
        let failed = effects::Entity::find()
            .filter(effects::Column::EndpointId.eq(self.endpoint.0))
            .filter(effects::Column::State.is_in(["failed", "unknown"]))
            .count(tx.db)
            .await?;
        Ok(Some(json!({ "failed_deliveries": failed })))
    }
}

impl Transition for ReleaseHeld {
    type Output = u64;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<u64> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            let enabled = sea_orm::sea_query::Query::select()
                .column(endpoints::Column::Id)
                .from(endpoints::Entity)
                .and_where(Expr::col(endpoints::Column::State).eq("enabled"))
                .and_where(Expr::col(endpoints::Column::DeletedAt).is_null())
                .to_owned();
            let held = Condition::all()
                .add(effects::Column::EndpointId.eq(request.0.0))
                .add(effects::Column::EndpointId.in_subquery(enabled))
                .add(Expr::col(effects::Column::State).eq(word("held")));
            results.push(Ok(due_at_once(tx, held).await?));
        }
        Ok(results)
    }
}

/// Has these deliveries tried again. Gives how many there are.
async fn due_at_once(
    tx: &Tx<'_>,
    which: impl sea_orm::sea_query::IntoCondition,
) -> Result<u64, StoreError> {
    let changed = effects::Entity::update_many()
        .col_expr(
            effects::Column::State,
            Expr::value(EffectState::Pending.as_str()),
        )
        .col_expr(effects::Column::DueAt, Expr::value(tx.now_micros()))
        .col_expr(effects::Column::SettledAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(
            effects::Column::Fence,
            Expr::col(effects::Column::Fence).add(1_i64),
        )
        .filter(which.into_condition())
        .exec(tx.db)
        .await?;
    if changed.rows_affected > 0 {
        tx.ready.sends();
    }
    Ok(changed.rows_affected)
}
