//! An endpoint as the API shows it.

use cuebook_core::endpoint::Endpoint;
use cuebook_core::{EndpointId, Timestamp};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object};

use super::values::{ForwardedOrigin, Standing};
use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// An endpoint, without its secret.
#[derive(Debug, Object)]
#[oai(rename = "Endpoint", example)]
pub(crate) struct EndpointBody {
    /// Its id.
    pub(super) id: Text<EndpointId>,
    /// Where to.
    url: String,
    /// What it is for.
    description: String,
    /// Which types of messages it gets; all if empty.
    types: Vec<String>,
    /// How messages came that it gets.
    origins: Vec<Text<ForwardedOrigin>>,
    /// Whether it gets messages.
    enabled: bool,
    /// Where it stands: `active`; `failing` since its last success; `paused` after five days of that; `disabled` by a
    /// person, or because it answered 410.
    state: Text<Standing>,
    /// Why it is paused or disabled.
    reason: Option<String>,
    /// So many messages a second at most; `null` for as many as there are.
    rate: Option<u32>,
    /// When it was registered.
    created_at: Text<Timestamp>,
    /// When it was last changed by a person.
    updated_at: Text<Timestamp>,
    /// Since when it has failed without a success; `null` while all goes well.
    failing_since: Option<Text<Timestamp>>,
    /// Since when it is paused or disabled.
    paused_at: Option<Text<Timestamp>>,
    /// Until when messages are signed with the former secret, too.
    former_secret_until: Option<Text<Timestamp>>,
}

/// A page of endpoints, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct EndpointPage {
    /// The endpoints.
    pub(super) items: Vec<EndpointBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(super) next_cursor: Option<Text<Cursor>>,
}

/// An endpoint that was registered just now, with its secret, which is not shown again.
#[derive(Debug, Object)]
#[oai(rename = "RegisteredEndpoint", example)]
pub(crate) struct Registered {
    /// The endpoint.
    pub(super) endpoint: EndpointBody,
    /// What its messages are signed with, for the receiver to verify them.
    pub(super) secret: String,
}

/// A secret that was made just now. It is not shown again.
#[derive(Debug, Object)]
#[oai(rename = "RotatedSecret", example)]
pub(crate) struct Rotated {
    /// What messages are signed with from now on.
    pub(super) secret: String,
    /// Until when they are signed with the former one, too.
    pub(super) former_secret_until: Option<Text<Timestamp>>,
}

/// How many deliveries are tried again.
#[derive(Debug, Object)]
#[oai(rename = "RecoveredDeliveries", example)]
pub(crate) struct RecoveredBody {
    /// So many.
    pub(super) deliveries: u64,
}

/// The answer to an endpoint that was registered.
#[derive(ApiResponse)]
pub(crate) enum Made {
    /// The endpoint gets messages from now on. Its secret is shown this once.
    #[oai(status = 201)]
    Created(
        Json<Registered>,
        /// Where the endpoint is shown.
        #[oai(header = "Location")]
        String,
    ),
}

/// The answer to an endpoint that was removed.
#[derive(ApiResponse)]
pub(crate) enum Removed {
    /// It gets no more messages.
    #[oai(status = 204)]
    Done,
}

impl EndpointBody {
    /// As it may be shown: what a URL's query says is often a secret.
    pub(super) fn masked(mut self, masking: Masking) -> Self {
        self.url = masking.url(&self.url).into_owned();
        self
    }

    pub(super) fn new(endpoint: Endpoint) -> Self {
        let standing = Standing::of(&endpoint);
        let origins = endpoint.origins.into_iter();
        Self {
            id: Text(endpoint.id),
            url: endpoint.url,
            description: endpoint.description,
            types: endpoint.types,
            origins: origins
                .map(|origin| Text(ForwardedOrigin(origin)))
                .collect(),
            enabled: matches!(standing, Standing::Active | Standing::Failing),
            state: Text(standing),
            reason: endpoint.reason,
            rate: endpoint.rate,
            created_at: Text(endpoint.created_at),
            updated_at: Text(endpoint.updated_at),
            failing_since: endpoint.failing_since.map(Text),
            paused_at: endpoint.paused_at.map(Text),
            former_secret_until: endpoint.former_secret_until.map(Text),
        }
    }
}

impl Example for EndpointBody {
    fn example() -> Self {
        use cuebook_core::event::Origin;
        Self {
            id: Text(sample::endpoint_id()),
            url: sample::ENDPOINT_URL.to_owned(),
            description: "the CRM".to_owned(),
            types: vec!["booking-cancelled".to_owned(), "new-booking".to_owned()],
            origins: [Origin::Webhook, Origin::Reconcile]
                .map(|origin| Text(ForwardedOrigin(origin)))
                .into(),
            enabled: true,
            state: Text(Standing::Active),
            reason: None,
            rate: Some(20),
            created_at: Text(sample::instant(0)),
            updated_at: Text(sample::instant(0)),
            failing_since: None,
            paused_at: None,
            former_secret_until: None,
        }
    }
}

impl Example for EndpointPage {
    fn example() -> Self {
        Self {
            items: vec![EndpointBody::example()],
            next_cursor: None,
        }
    }
}

impl Example for Registered {
    fn example() -> Self {
        Self {
            endpoint: EndpointBody::example(),
            secret: "whsec_…".to_owned(),
        }
    }
}

impl Example for Rotated {
    fn example() -> Self {
        Self {
            secret: "whsec_…".to_owned(),
            former_secret_until: Some(Text(sample::instant(24 * 60 * 60))),
        }
    }
}

impl Example for RecoveredBody {
    fn example() -> Self {
        Self { deliveries: 17 }
    }
}
