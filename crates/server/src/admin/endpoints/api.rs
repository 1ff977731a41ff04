//! Registering, looking at, changing and removing endpoints.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cuebook_core::secret::SecretText;
use cuebook_core::{Chance, Clock, EndpointId};
use cuebook_store::{EndpointOperated, Store};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::refusals::{CreateRefusals, ListRefusals, ShowRefusals, UpdateRefusals};
use super::request::{EndpointChangesBody, NewEndpointBody};
use super::view::{EndpointBody, EndpointPage, Made, Registered, Removed};
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Admin, Allowed, Read};
use crate::endpoint_urls::EndpointUrls;
use crate::problem::{Code, Refusals, Refused};

/// The operations on endpoints themselves.
pub(crate) struct EndpointsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// When ids are made.
    pub(crate) clock: Arc<dyn Clock>,
    /// What ids and secrets are made of.
    pub(crate) chance: Arc<dyn Chance>,
    /// Whether a URL may be one.
    pub(crate) urls: EndpointUrls,
}

#[OpenApi]
impl EndpointsApi {
    /// List endpoints
    ///
    /// All systems that messages are forwarded to, newest first, without their secrets. Without the scope `personal`, what a URL's
    /// query says is left out.
    #[oai(
        path = "/endpoints",
        method = "get",
        operation_id = "list_endpoints",
        tag = "Tag::Endpoints"
    )]
    async fn list_endpoints(
        &self,
        key: Allowed<Read>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<EndpointPage>, Refused<ListRefusals>> {
        let listed = self.store.list_endpoints(&page(limit.0, cursor.0)).await?;
        let masking = key.0.masking();
        let show = |endpoint| EndpointBody::new(endpoint).masked(masking);
        let (items, next_cursor) = shown(listed, show);
        Ok(Json(EndpointPage { items, next_cursor }))
    }

    /// Show an endpoint
    ///
    /// One system that messages are forwarded to, without its secret. Without the scope `personal`, what its URL's query says is
    /// left out.
    #[oai(
        path = "/endpoints/:id",
        method = "get",
        operation_id = "show_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn show_endpoint(
        &self,
        key: Allowed<Read>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
    ) -> Result<Json<EndpointBody>, Refused<ShowRefusals>> {
        let body = self.body(id.0.0).await?;
        Ok(Json(body.masked(key.0.masking())))
    }

    /// Register an endpoint
    ///
    /// From now on Cuebook forwards each message of the chosen types to the URL: the very bytes that came, signed by
    /// Standard Webhooks, at least once. The secret that verifies them is shown in this answer and never again.
    #[oai(
        path = "/endpoints",
        method = "post",
        operation_id = "create_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn create_endpoint(
        &self,
        key: Allowed<Admin>,
        /// The endpoint to be registered.
        body: Json<NewEndpointBody>,
    ) -> Result<Made, Refused<CreateRefusals>> {
        self.admit(&body.0.url.0.0)?;
        let id = EndpointId(self.chance.uuid(self.clock.now()));
        let secret = new_secret(&*self.chance);
        let store = key.0.store(&self.store);
        store.add_endpoint(body.0.named(id), &secret).await?;
        let endpoint = self.body(id).await?;
        let secret = secret.reveal().to_owned();
        let location = format!("/api/v1/endpoints/{id}");
        Ok(Made::Created(
            Json(Registered { endpoint, secret }),
            location,
        ))
    }

    /// Change an endpoint
    ///
    /// Changes what is given and leaves the rest. A new URL or rate holds for what is pending, too.
    #[oai(
        path = "/endpoints/:id",
        method = "patch",
        operation_id = "update_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn update_endpoint(
        &self,
        key: Allowed<Admin>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
        /// What is to be changed.
        body: Json<EndpointChangesBody>,
    ) -> Result<Json<EndpointBody>, Refused<UpdateRefusals>> {
        let id = id.0.0;
        if let Some(url) = &body.0.url {
            self.admit(&url.0.0)?;
        }
        let store = key.0.store(&self.store);
        store.update_endpoint(id, body.0.changes()).await?;
        self.body(id).await.map(Json)
    }

    /// Remove an endpoint
    ///
    /// It gets no more messages, and what is pending for it is discarded. Its deliveries stay in the ledger of effects.
    #[oai(
        path = "/endpoints/:id",
        method = "delete",
        operation_id = "delete_endpoint",
        tag = "Tag::Endpoints"
    )]
    async fn delete_endpoint(
        &self,
        key: Allowed<Admin>,
        /// The endpoint's id.
        id: Path<Text<EndpointId>>,
    ) -> Result<Removed, Refused<ShowRefusals>> {
        let store = key.0.store(&self.store);
        match store.remove_endpoint(id.0.0).await? {
            EndpointOperated::Done => Ok(Removed::Done),
            EndpointOperated::NoSuch => Err(Refused::not_found("endpoint")),
        }
    }
}

impl EndpointsApi {
    #[expect(
        clippy::result_large_err,
        reason = "a refusal is made once and answered at once, as in the operations themselves"
    )]
    fn admit<R: Refusals>(&self, url: &str) -> Result<(), Refused<R>> {
        self.urls.check(url).map_err(|why| {
            Refused::new(
                Code::UrlRefused,
                format!("messages cannot be forwarded to this URL: {why}"),
            )
        })
    }

    async fn body<R: Refusals>(&self, id: EndpointId) -> Result<EndpointBody, Refused<R>> {
        endpoint_body(&self.store, id).await
    }
}

/// The endpoint with this id, as it is shown.
pub(super) async fn endpoint_body<R: Refusals>(
    store: &Store,
    id: EndpointId,
) -> Result<EndpointBody, Refused<R>> {
    let endpoint = store.show_endpoint(id).await?;
    endpoint
        .map(EndpointBody::new)
        .ok_or_else(|| Refused::not_found("endpoint"))
}

/// A secret to sign with, as Standard Webhooks writes it.
pub(super) fn new_secret(chance: &dyn Chance) -> SecretText {
    SecretText::new(format!("whsec_{}", STANDARD.encode(chance.bytes())))
}
