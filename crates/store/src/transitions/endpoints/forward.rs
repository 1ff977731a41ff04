//! Makes the deliveries of events: in the transaction that accepts these, so that none is lost and none is made twice.
//!
//! Costs nothing where there is no endpoint, and one statement a group where there is. A delivery begins `pending`, due at
//! once; `held` while its endpoint is paused; `captured` where nothing shall be performed. The bytes stay with the event.

use cuebook_core::effect::EffectState;
use cuebook_core::endpoint::{DELIVERY, Endpoint, EndpointState};
use cuebook_core::event::Event;
use cuebook_core::keys::delivery_key;
use uuid::Uuid;

use crate::entities::effects;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::writer::Tx;

/// Makes a delivery of each of the events for each endpoint that wants it.
pub(crate) async fn forward<'a>(
    tx: &Tx<'_>,
    events: impl Iterator<Item = &'a Event>,
) -> Result<(), StoreError> {
    let endpoints = tx.endpoints.all();
    if endpoints.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::new();
    for event in events {
        for endpoint in endpoints.iter().map(|known| &known.endpoint) {
            if !endpoint.wants(event) {
                continue;
            }
            let state = match endpoint.state {
                EndpointState::Disabled => continue,
                _ if tx.endpoints.captures() || event.capture => EffectState::Captured,
                EndpointState::Paused => EffectState::Held,
                EndpointState::Enabled => EffectState::Pending,
            };
            let mut row = delivery(tx, endpoint, event.id.0, state);
            row.account.clone_from(&event.account.0);
            row.key = delivery_key(event.id, endpoint.id);
            rows.push(row);
        }
    }
    if rows.iter().any(|row| row.due_at.is_some()) {
        tx.ready.sends();
    }
    insert_all(tx, rows).await
}

/// The row of a delivery of this event that begins in `state`.
pub(super) fn delivery(
    tx: &Tx<'_>,
    endpoint: &Endpoint,
    event: Uuid,
    state: EffectState,
) -> effects::Model {
    let now = tx.now_micros();
    effects::Model {
        id: tx.id(),
        account: String::new(),
        kind: DELIVERY.to_owned(),
        state: state.as_str().to_owned(),
        target: endpoint.target(),
        key: String::new(),
        run_id: None,
        event_id: event,
        rule: String::new(),
        path: String::new(),
        attempts: 0,
        created_at: now,
        due_at: (state == EffectState::Pending).then_some(now),
        claimed_at: None,
        settled_at: (state == EffectState::Captured).then_some(now),
        fence: 0,
        holder: None,
        endpoint_id: Some(endpoint.id.0),
    }
}
