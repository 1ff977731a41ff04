//! What was forwarded to an endpoint, and doing it again.

use cuebook_core::effect::EffectState;
use cuebook_core::{EffectId, EndpointId, EventId, Timestamp};
use cuebook_store::{EffectFilter, EffectOperated, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::api::endpoint_body;
use super::delivery::{DeliveryBody, DeliveryPage};
use super::refusals::{DeliveriesRefusals, OperateRefusals, ResendRefusals, ShowRefusals};
use super::request::Recovery;
use super::view::RecoveredBody;
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text, event_types};
use crate::auth::{Allowed, Masking, Read, Write};
use crate::problem::{Code, Refusals, Refused};

/// The operations on deliveries.
pub(crate) struct DeliveriesApi(pub(crate) Store);

#[OpenApi]
impl DeliveriesApi {
    /// List an endpoint's deliveries
    ///
    /// What was forwarded to it and is to be, newest first, with all attempts. Without the scope `personal`, mail addresses
    /// in answers are masked.
    #[oai(
        path = "/endpoints/:id/deliveries",
        method = "get",
        operation_id = "list_deliveries",
        tag = "Tag::Endpoints"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    async fn list_deliveries(
        &self,
        key: Allowed<Read>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// Only deliveries in this state.
        state: Query<Option<Text<EffectState>>>,
        /// Only deliveries of this event.
        event: Query<Option<Text<EventId>>>,
        /// Only deliveries of events of this type; may be given several times.
        #[oai(name = "type")]
        event_type: Query<Vec<Text<Plain>>>,
        /// Only deliveries of events about this booking or person.
        subject: Query<Option<Text<Plain>>>,
        /// Only deliveries made at this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only deliveries made before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<DeliveryPage>, Refused<DeliveriesRefusals>> {
        let id = id.0.0;
        endpoint_body::<DeliveriesRefusals>(&self.0, id).await?;
        let filter = EffectFilter {
            endpoint: Some(id),
            state: state.0.map(|state| state.0),
            event: event.0.map(|id| id.0),
            event_type: event_types(event_type.0),
            subject: subject.0.map(|text| text.0.0),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            ..EffectFilter::default()
        };
        let page = page(limit.0, cursor.0);
        let listed = self.0.list_effects(&filter, &page).await?;
        let masking = key.0.masking();
        let (items, next_cursor) = shown(listed, |effect| DeliveryBody::new(effect, masking));
        Ok(Json(DeliveryPage { items, next_cursor }))
    }

    /// Show a delivery
    ///
    /// One message on its way to an endpoint, with all attempts.
    #[oai(
        path = "/endpoints/:id/deliveries/:delivery",
        method = "get",
        operation_id = "show_delivery",
        tag = "Tag::Endpoints"
    )]
    async fn show_delivery(
        &self,
        key: Allowed<Read>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// The delivery's id.
        delivery: Path<Text<EffectId>>,
    ) -> Result<Json<DeliveryBody>, Refused<ShowRefusals>> {
        delivery_body(&self.0, id.0.0, delivery.0.0, key.0.masking())
            .await
            .map(Json)
    }

    /// Resend a delivery
    ///
    /// Delivers once more, whatever came of it before: at once, with the same bytes and the same `webhook-id`.
    #[oai(
        path = "/endpoints/:id/deliveries/:delivery/resend",
        method = "post",
        operation_id = "resend_delivery",
        tag = "Tag::Endpoints"
    )]
    async fn resend_delivery(
        &self,
        key: Allowed<Write>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// The delivery's id.
        delivery: Path<Text<EffectId>>,
    ) -> Result<Json<DeliveryBody>, Refused<ResendRefusals>> {
        let (id, delivery) = (id.0.0, delivery.0.0);
        endpoint_body::<ResendRefusals>(&self.0, id).await?;
        let store = key.0.store(&self.0);
        let detail = match store.resend_delivery(id, delivery).await? {
            EffectOperated::Done => {
                let masking = key.0.masking();
                return delivery_body(&self.0, id, delivery, masking)
                    .await
                    .map(Json);
            }
            EffectOperated::NoSuch | EffectOperated::IsCall => {
                return Err(Refused::not_found("delivery"));
            }
            EffectOperated::UnderWay => {
                "an attempt is being made just now: look again when it has ended".to_owned()
            }
            EffectOperated::NotIn(state) => {
                format!("the delivery is {state}: it goes when its endpoint is enabled")
            }
        };
        Err(Refused::new(Code::WrongState, detail))
    }

    /// Recover deliveries
    ///
    /// Delivers once more what was made since an instant and has failed, or whose outcome nobody knows: what to do when a
    /// receiver is back after a long outage.
    #[oai(
        path = "/endpoints/:id/recover",
        method = "post",
        operation_id = "recover_deliveries",
        tag = "Tag::Endpoints"
    )]
    async fn recover_deliveries(
        &self,
        key: Allowed<Write>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// Which deliveries.
        body: Json<Recovery>,
    ) -> Result<Json<RecoveredBody>, Refused<OperateRefusals>> {
        let id = id.0.0;
        endpoint_body::<OperateRefusals>(&self.0, id).await?;
        let Recovery { since, until } = body.0;
        let store = key.0.store(&self.0);
        let until = until.map(|at| at.0);
        let recovered = store.recover_deliveries(id, since.0, until).await?;
        Ok(Json(RecoveredBody {
            deliveries: recovered.0,
        }))
    }
}

/// A delivery to this endpoint, as it is shown.
pub(super) async fn delivery_body<R: Refusals>(
    store: &Store,
    endpoint: EndpointId,
    delivery: EffectId,
    masking: Masking,
) -> Result<DeliveryBody, Refused<R>> {
    let effect = store.show_effect(delivery).await?;
    effect
        .filter(|effect| effect.endpoint == Some(endpoint))
        .map(|effect| DeliveryBody::new(effect, masking))
        .ok_or_else(|| Refused::not_found("delivery"))
}
