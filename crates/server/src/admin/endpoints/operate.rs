//! Enabling and disabling endpoints, trying them out, giving them other secrets.

use std::sync::Arc;

use cuebook_core::events;
use cuebook_core::{Chance, Clock, EffectId, EndpointId};
use cuebook_store::{EndpointOperated, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::api::{endpoint_body, new_secret};
use super::deliveries::delivery_body;
use super::delivery::DeliveryBody;
use super::refusals::{OperateRefusals, ShowRefusals};
use super::request::EndpointTest;
use super::view::{EndpointBody, Rotated};
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Admin, Allowed, Write};
use crate::problem::Refused;

/// A message that means nothing.
const NOTHING: &str = r#"{"type":"test","payload":{}}"#;

/// The operations that decide about endpoints.
pub(crate) struct OperateEndpointsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// When ids are made.
    pub(crate) clock: Arc<dyn Clock>,
    /// What ids and secrets are made of.
    pub(crate) chance: Arc<dyn Chance>,
}

#[OpenApi]
impl OperateEndpointsApi {
    /// Enable an endpoint
    ///
    /// It gets messages from now on, and at once what was held for it while it was paused. Its time of failing begins anew.
    #[oai(
        path = "/endpoints/:id/enable",
        method = "post",
        operation_id = "enable_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn enable_endpoint(
        &self,
        key: Allowed<Admin>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
    ) -> Result<Json<EndpointBody>, Refused<ShowRefusals>> {
        let id = id.0.0;
        key.0.store(&self.store).enable_endpoint(id).await?;
        endpoint_body(&self.store, id).await.map(Json)
    }

    /// Disable an endpoint
    ///
    /// It gets no messages from now on: what comes meanwhile is not forwarded later. What is pending is held until it is
    /// enabled again.
    #[oai(
        path = "/endpoints/:id/disable",
        method = "post",
        operation_id = "disable_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn disable_endpoint(
        &self,
        key: Allowed<Admin>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
    ) -> Result<Json<EndpointBody>, Refused<ShowRefusals>> {
        let id = id.0.0;
        key.0.store(&self.store).disable_endpoint(id).await?;
        endpoint_body(&self.store, id).await.map(Json)
    }

    /// Rotate an endpoint's secret
    ///
    /// Makes another secret, which is shown in this answer and never again. For 24 hours messages are signed with both, so
    /// that the receiver can be changed in between. The secret before the former one is good no longer.
    #[oai(
        path = "/endpoints/:id/rotate-secret",
        method = "post",
        operation_id = "rotate_endpoint_secret",
        tag = "Tag::Endpoints"
    )]
    async fn rotate_endpoint_secret(
        &self,
        key: Allowed<Admin>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
    ) -> Result<Json<Rotated>, Refused<ShowRefusals>> {
        let id = id.0.0;
        let secret = new_secret(&*self.chance);
        let store = key.0.store(&self.store);
        let operated = store.rotate_endpoint_secret(id, &secret).await?;
        let endpoint = store.show_endpoint(id).await?;
        let (EndpointOperated::Done, Some(endpoint)) = (operated, endpoint) else {
            return Err(Refused::not_found("endpoint"));
        };
        Ok(Json(Rotated {
            secret: secret.reveal().to_owned(),
            former_secret_until: endpoint.former_secret_until.map(Text),
        }))
    }

    /// Test an endpoint
    ///
    /// Sends it a message, signed like any other, of which no rule knows. The answer is the delivery; look at it again to see
    /// how it went. An endpoint that is paused or disabled gets its test when it is enabled.
    #[oai(
        path = "/endpoints/:id/test",
        method = "post",
        operation_id = "test_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn test_endpoint(
        &self,
        key: Allowed<Write>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// What is sent.
        body: Given<EndpointTest>,
    ) -> Result<Json<DeliveryBody>, Refused<OperateRefusals>> {
        let endpoint = self.store.show_endpoint(id.0.0).await?;
        let endpoint = endpoint.ok_or_else(|| Refused::not_found("endpoint"))?;
        let wanted = body.0.event_type.map(|one| one.0.0);
        let example = events::ALL
            .iter()
            .find(|known| wanted.as_deref() == Some(known.name))
            .map_or(NOTHING, |known| known.example);
        let delivery = EffectId(self.chance.uuid(self.clock.now()));
        let store = key.0.store(&self.store);
        let message = example.as_bytes().to_vec();
        store.test_endpoint(endpoint, delivery, message).await?;
        delivery_body(&self.store, id.0.0, delivery, key.0.masking())
            .await
            .map(Json)
    }
}
