//! Deliveries by which an endpoint was tested. There is no event behind them with which they would go: they go by their own
//! age, in the same two stages.

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::endpoint::TEST;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::expire::expire_effects;
use super::forget::forget_effects;
use super::stage::Stage;
use crate::entities::effects::{Column, Entity};
use crate::error::StoreError;
use crate::installation::{fact, set_fact};
use crate::writer::{Applied, Order, Transition, Tx};

/// So many at a time.
const TOGETHER: u64 = 100;
/// How far the place is moved on where there is nothing to do, so that little is looked through each time.
const A_DAY: u128 = 24 * 3_600_000;

/// A request to give up what these say, or that they were.
pub(super) struct GiveUpTests {
    stage: Stage,
    pub(super) ids: Vec<Uuid>,
    /// Up to which effect it has come.
    place: Uuid,
}

/// The next of a stage, which keeps things for `keep`. `None` where there is nothing to write down.
pub(super) async fn plan_tests(
    db: &DatabaseConnection,
    stage: Stage,
    keep: TimeDelta,
    now: Timestamp,
) -> Result<Option<GiveUpTests>, StoreError> {
    let place = fact(db, place_of(stage)).await?;
    let place = place.and_then(|text| text.parse::<Uuid>().ok());
    let place = place.unwrap_or(Uuid::nil());
    // Ids hold the moment at which they were made.
    let millis = u128::try_from((now - keep).timestamp_millis()).unwrap_or(0);
    let before = Uuid::from_u128(millis << 80);
    if before <= place {
        return Ok(None);
    }
    let rows: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::State])
        .filter(Column::EndpointId.is_not_null())
        .filter(Column::RunId.is_null())
        .filter(Column::Path.eq(TEST))
        .filter(Column::Id.gt(place))
        .filter(Column::Id.lt(before))
        .order_by_asc(Column::Id)
        .limit(TOGETHER)
        .into_tuple()
        .all(db)
        .await?;
    // One that has not left is waited for.
    let is_over = |state: &str| !matches!(state, "pending" | "held");
    let over = rows.iter().take_while(|(_, state)| is_over(state));
    let ids: Vec<Uuid> = over.map(|(id, _)| *id).collect();
    let place = match ids.last() {
        Some(last) => *last,
        None if rows.is_empty() && millis - (place.as_u128() >> 80) >= A_DAY => before,
        None => return Ok(None),
    };
    Ok(Some(GiveUpTests { stage, ids, place }))
}

/// The name of the fact that says up to which one a stage has come.
fn place_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Payloads => "retention_tests_payloads",
        Stage::Metadata => "retention_tests_metadata",
    }
}

impl Transition for GiveUpTests {
    type Output = ();
    const ORDER: Order = Order::Admin;
    // What a power cut undoes is planned again.
    const DURABLE: bool = false;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            match request.stage {
                Stage::Payloads => expire_effects(tx, &request.ids).await?,
                Stage::Metadata => forget_effects(tx, &request.ids).await?,
            }
            set_fact(tx, place_of(request.stage), request.place.to_string()).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}
