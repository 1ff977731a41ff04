//! Looks whether the endpoints of deliveries that were just claimed take them: where one is paused or disabled meanwhile,
//! they are `held`; where one is gone, `discarded`; where nothing shall be performed, `captured`. In the claim's own
//! transaction, so that nothing stays claimed that nobody tries.

use std::collections::{HashMap, HashSet};

use cuebook_core::EndpointId;
use cuebook_core::effect::EffectState;
use cuebook_core::endpoint::{DeliveryHead, EndpointState};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::super::steps::json;
use crate::entities::{effect_bodies, effects, endpoints, events};
use crate::error::StoreError;
use crate::writer::Tx;

/// What may be tried of what was claimed.
pub(crate) struct Taken {
    /// The rows of these sends.
    pub(crate) rows: Vec<effects::Model>,
    /// Whether some go to an endpoint that is not known in memory, or not as it is.
    pub(crate) strange: bool,
}

/// Takes of the claimed rows those that may be tried.
pub(crate) async fn take(tx: &Tx<'_>, rows: Vec<effects::Model>) -> Result<Taken, StoreError> {
    let ids: HashSet<Uuid> = rows.iter().filter_map(|row| row.endpoint_id).collect();
    if ids.is_empty() {
        let strange = false;
        return Ok(Taken { rows, strange });
    }
    let enabled = |id: Uuid| {
        let id = EndpointId(id);
        let all = tx.endpoints.all();
        all.iter().any(|known| known.is(id) && known.is_enabled())
    };
    let strange = !ids.iter().copied().all(enabled);
    let states = if strange {
        states(tx, &ids).await?
    } else {
        HashMap::new()
    };
    let becomes = |row: &effects::Model| {
        let endpoint = row.endpoint_id?;
        if tx.endpoints.captures() {
            return Some(EffectState::Captured);
        }
        if !strange {
            return None;
        }
        match states.get(&endpoint).map(String::as_str) {
            None => Some(EffectState::Discarded),
            Some(state) if state == EndpointState::Enabled.as_str() => None,
            Some(_) => Some(EffectState::Held),
        }
    };
    let mut taken = Vec::with_capacity(rows.len());
    let mut refused: HashMap<EffectState, Vec<Uuid>> = HashMap::new();
    for row in rows {
        match becomes(&row) {
            None => taken.push(row),
            Some(state) => refused.entry(state).or_default().push(row.id),
        }
    }
    if !refused.is_empty() {
        // The claim was smaller than it could be.
        tx.ready.sends();
    }
    for (state, ids) in refused {
        set_aside(tx, state, ids).await?;
    }
    Ok(Taken {
        rows: taken,
        strange,
    })
}

/// The states of those of the endpoints that there are.
async fn states(tx: &Tx<'_>, ids: &HashSet<Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows: Vec<(Uuid, String)> = endpoints::Entity::find()
        .select_only()
        .columns([endpoints::Column::Id, endpoints::Column::State])
        .filter(endpoints::Column::Id.is_in(ids.iter().copied()))
        .filter(endpoints::Column::DeletedAt.is_null())
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn set_aside(tx: &Tx<'_>, state: EffectState, ids: Vec<Uuid>) -> Result<(), StoreError> {
    let settled_at = (state != EffectState::Held).then_some(tx.now_micros());
    effects::Entity::update_many()
        .col_expr(effects::Column::State, Expr::value(state.as_str()))
        .col_expr(effects::Column::DueAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::SettledAt, Expr::value(settled_at))
        .col_expr(effects::Column::ClaimedAt, Expr::value(None::<i64>))
        .col_expr(effects::Column::Holder, Expr::value(None::<Uuid>))
        .filter(effects::Column::Id.is_in(ids))
        .exec(tx.db)
        .await?;
    Ok(())
}

impl Taken {
    /// Adds what the deliveries among them carry that have nothing of their own: the bytes of their events.
    pub(crate) async fn bodies(
        &self,
        tx: &Tx<'_>,
        bodies: &mut HashMap<Uuid, effect_bodies::Model>,
    ) -> Result<(), StoreError> {
        let deliveries: Vec<(Uuid, Uuid, Uuid)> = self
            .rows
            .iter()
            .filter(|row| !bodies.contains_key(&row.id))
            .filter_map(|row| Some((row.id, row.endpoint_id?, row.event_id)))
            .collect();
        if deliveries.is_empty() {
            return Ok(());
        }
        let rows: Vec<(Uuid, Vec<u8>, Vec<u8>)> = events::Entity::find()
            .select_only()
            .columns([
                events::Column::Id,
                events::Column::Headers,
                events::Column::Body,
            ])
            .filter(events::Column::Id.is_in(deliveries.iter().map(|(_, _, event)| *event)))
            .into_tuple()
            .all(tx.db)
            .await?;
        let events: HashMap<Uuid, (Vec<u8>, Vec<u8>)> = rows
            .into_iter()
            .map(|(id, headers, body)| (id, (headers, body)))
            .collect();
        for (id, endpoint, event) in deliveries {
            let event = events.get(&event).filter(|(_, body)| !is_gone(body));
            if let Some((headers, body)) = event {
                let body = carried(id, EndpointId(endpoint), headers, body.clone())?;
                bodies.insert(id, body);
            }
        }
        Ok(())
    }
}

/// How the bodies end that stand in the place of what was erased, or is no longer kept.
const GONE: [&[u8]; 2] = [br#""erased":true}"#, br#""expired":true}"#];

/// Whether the message is gone: what stands in its place never came, and is not forwarded.
fn is_gone(body: &[u8]) -> bool {
    GONE.iter().any(|end| body.ends_with(end))
}

/// What a delivery carries: the bytes of its event, as what they came.
fn carried(
    id: Uuid,
    endpoint: EndpointId,
    headers: &[u8],
    body: Vec<u8>,
) -> Result<effect_bodies::Model, StoreError> {
    let headers: Vec<(String, String)> = serde_json::from_slice(headers).unwrap_or_default();
    Ok(effect_bodies::Model {
        effect_id: id,
        envelope: json(&DeliveryHead::new(endpoint, &headers))?,
        body,
    })
}
