//! A person tests an endpoint: a delivery of its own, behind which there is no event. It carries its bytes itself.

use cuebook_core::effect::EffectState;
use cuebook_core::endpoint::{CONTENT_TYPE, DeliveryHead, Endpoint, TEST};
use cuebook_core::keys::delivery_key;
use cuebook_core::{Account, EffectId, EndpointId, EventId};
use serde_json::Value as Json;

use super::super::steps::json;
use super::forward::delivery;
use crate::audit::{Change, Target, pictures};
use crate::entities::effect_bodies;
use crate::error::StoreError;
use crate::statements::insert_all;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request to test an endpoint.
pub(crate) struct TryEndpoint {
    endpoint: Endpoint,
    id: EffectId,
    body: Vec<u8>,
}

impl Store {
    /// Has `body` delivered to an endpoint, as the delivery `id`. Nothing else is made of it.
    pub async fn test_endpoint(
        &self,
        endpoint: Endpoint,
        id: EffectId,
        body: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.change(TryEndpoint { endpoint, id, body }).await
    }
}

impl Transition for TryEndpoint {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for request in batch {
            insert(tx, request).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for TryEndpoint {
    fn target(&self) -> Target {
        Target::new("effect", &self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        pictures::of_effect(tx, self.id).await
    }
}

async fn insert(tx: &Tx<'_>, request: &TryEndpoint) -> Result<(), StoreError> {
    let TryEndpoint { endpoint, id, body } = request;
    let state = if tx.endpoints.captures() {
        EffectState::Captured
    } else {
        tx.ready.sends();
        EffectState::Pending
    };
    let message = tx.id();
    let mut row = delivery(tx, endpoint, message, state);
    row.id = id.0;
    row.account = Account::default().0;
    row.key = delivery_key(EventId(message), endpoint.id);
    TEST.clone_into(&mut row.path);
    let head = DeliveryHead {
        endpoint: EndpointId(endpoint.id.0),
        content_type: CONTENT_TYPE.to_owned(),
    };
    insert_all(tx, vec![row]).await?;
    let body = effect_bodies::Model {
        effect_id: id.0,
        envelope: json(&head)?,
        body: body.clone(),
    };
    insert_all(tx, vec![body]).await
}
