//! What attempts at deliveries say about their endpoints, in the transaction that records them.
//!
//! The first failure begins a time of failing, a success ends it. An endpoint that fails for five days without a success is
//! `paused`; one that answers 410 has gone, and is `disabled`. Nothing is written while all goes well.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use cuebook_core::clock::to_micros;
use cuebook_core::effect::AttemptOutcome;
use cuebook_core::endpoint::{EndpointState, PATIENCE};
use cuebook_core::{EndpointId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::endpoints;
use crate::error::StoreError;
use crate::writer::Tx;

/// Why an endpoint was paused.
const PAUSED: &str = "it has failed for five days without a success";
/// Why an endpoint was disabled.
const GONE: &str = "it answered 410: it is gone";

/// An endpoint that gets no more messages because of how it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointTurned {
    /// Which.
    pub id: EndpointId,
    /// `paused` or `disabled`.
    pub state: EndpointState,
    /// Why.
    pub reason: &'static str,
}

/// What came of recording an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// Its endpoint gets no more messages because of it.
    pub turned: Option<EndpointTurned>,
    /// Whether something is stored about an endpoint that this process does not know yet.
    pub(crate) news: bool,
}

/// How an attempt at a delivery ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    pub(crate) endpoint: Uuid,
    pub(crate) started_at: Timestamp,
    pub(crate) how: AttemptOutcome,
    pub(crate) status: Option<u16>,
}

/// What attempts say of one endpoint.
#[derive(Default)]
struct Said {
    succeeded: bool,
    gone: bool,
    /// When the first of those began that failed.
    failed: Option<Timestamp>,
}

/// Draws the conclusions, by endpoint.
pub(crate) async fn judge(
    tx: &Tx<'_>,
    outcomes: &[Outcome],
) -> Result<BTreeMap<Uuid, Settled>, StoreError> {
    let mut said: BTreeMap<Uuid, Said> = BTreeMap::new();
    for outcome in outcomes {
        let said = said.entry(outcome.endpoint).or_default();
        match outcome.how {
            AttemptOutcome::Done => said.succeeded = true,
            AttemptOutcome::Failed | AttemptOutcome::Retry | AttemptOutcome::Unknown => {
                said.gone |= outcome.status == Some(410);
                said.failed.get_or_insert(outcome.started_at);
            }
        }
    }
    let mut settled = BTreeMap::new();
    for (id, said) in said {
        let conclusion = conclude(tx, id, &said).await?;
        if conclusion.news {
            tx.ready.access();
        }
        settled.insert(id, conclusion);
    }
    Ok(settled)
}

async fn conclude(tx: &Tx<'_>, id: Uuid, said: &Said) -> Result<Settled, StoreError> {
    if said.gone {
        return turn(tx, id, EndpointState::Disabled, GONE, None).await;
    }
    let known = tx.endpoints.all();
    let known = known.iter().find(|known| known.is(EndpointId(id)));
    let failing_since = known.map(|known| known.endpoint.failing_since);
    let news = match (said.succeeded, said.failed) {
        (true, _) if failing_since == Some(None) => false,
        (true, _) => begin_or_end(tx, id, None).await?,
        (false, Some(began)) => {
            let since = failing_since.flatten();
            let limit = tx.now - TimeDelta::from_std(PATIENCE).unwrap_or(TimeDelta::MAX);
            if since.is_some_and(|since| since <= limit) {
                return turn(tx, id, EndpointState::Paused, PAUSED, Some(limit)).await;
            }
            since.is_none() && begin_or_end(tx, id, Some(began)).await?
        }
        (false, None) => false,
    };
    Ok(Settled { turned: None, news })
}

/// Begins the time of failing, where it has not begun; or ends it. Says whether that changed anything.
async fn begin_or_end(tx: &Tx<'_>, id: Uuid, since: Option<Timestamp>) -> Result<bool, StoreError> {
    let stands = match since {
        Some(_) => endpoints::Column::FailingSince.is_null(),
        None => endpoints::Column::FailingSince.is_not_null(),
    };
    let changed = endpoints::Entity::update_many()
        .col_expr(
            endpoints::Column::FailingSince,
            Expr::value(since.map(to_micros)),
        )
        .filter(endpoints::Column::Id.eq(id))
        .filter(stands)
        .exec(tx.db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Has the endpoint get no more messages; where that is because it fails, only if it has failed since `limit`.
async fn turn(
    tx: &Tx<'_>,
    id: Uuid,
    state: EndpointState,
    reason: &'static str,
    limit: Option<Timestamp>,
) -> Result<Settled, StoreError> {
    let mut update = endpoints::Entity::update_many()
        .col_expr(endpoints::Column::State, Expr::value(state.as_str()))
        .col_expr(endpoints::Column::Reason, Expr::value(reason))
        .col_expr(endpoints::Column::PausedAt, Expr::value(tx.now_micros()))
        .filter(endpoints::Column::Id.eq(id))
        .filter(endpoints::Column::State.eq(EndpointState::Enabled.as_str()));
    if let Some(limit) = limit {
        update = update.filter(endpoints::Column::FailingSince.lte(to_micros(limit)));
    }
    let changed = update.exec(tx.db).await?;
    let turned = (changed.rows_affected > 0).then_some(EndpointTurned {
        id: EndpointId(id),
        state,
        reason,
    });
    // Where nothing changed, somebody else was first, and this process does not know it.
    Ok(Settled { turned, news: true })
}
