//! What is asked for about endpoints.

use cuebook_core::endpoint::USUAL_ORIGINS;
use cuebook_core::event::Origin;
use cuebook_core::{EndpointId, Timestamp};
use cuebook_store::{EndpointChanges, NewEndpoint};
use poem_openapi::Object;
use poem_openapi::types::Example;

use super::values::{EndpointUrl, ForwardedOrigin, MessageType};
use crate::admin::sample;
use crate::admin::value::{Plain, Text};

/// An endpoint to be registered.
#[derive(Debug, Object)]
#[oai(rename = "NewEndpoint", deny_unknown_fields, example)]
pub(crate) struct NewEndpointBody {
    /// Where to: an `https://` URL, or what `egress.allow` opens.
    pub(super) url: Text<EndpointUrl>,
    /// What it is for.
    pub(super) description: Option<Text<Plain>>,
    /// Which types of messages it gets; all if left out or empty.
    #[oai(default, validator(max_items = 100))]
    pub(super) types: Vec<Text<MessageType>>,
    /// How messages came that it gets: `webhook` and `reconcile`, if left out. `trigger` and `replay` only where they are
    /// named here.
    #[oai(default = "usual", validator(min_items = 1, max_items = 10))]
    pub(super) origins: Vec<Text<ForwardedOrigin>>,
    /// Whether it gets messages from now on.
    #[oai(default = "yes")]
    pub(super) enabled: bool,
    /// So many messages a second at most; `0` for as many as there are.
    #[oai(default, validator(maximum(value = "1000")))]
    pub(super) rate: u32,
}

/// What is to be changed of an endpoint; what is left out stays.
#[derive(Debug, Object)]
#[oai(rename = "EndpointChanges", deny_unknown_fields, example)]
pub(crate) struct EndpointChangesBody {
    /// Where to. Holds for what is pending, too.
    pub(super) url: Option<Text<EndpointUrl>>,
    /// What it is for.
    pub(super) description: Option<Text<Plain>>,
    /// Which types of messages it gets; all if empty.
    #[oai(validator(max_items = 100))]
    pub(super) types: Option<Vec<Text<MessageType>>>,
    /// How messages came that it gets.
    #[oai(validator(min_items = 1, max_items = 10))]
    pub(super) origins: Option<Vec<Text<ForwardedOrigin>>>,
    /// So many messages a second at most; `0` for as many as there are.
    #[oai(validator(maximum(value = "1000")))]
    pub(super) rate: Option<u32>,
}

/// What is sent to try an endpoint out.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct EndpointTest {
    /// The type of an example message to send. If left out, a message goes that means nothing:
    /// `{"type":"test","payload":{}}`.
    #[oai(rename = "type")]
    pub(super) event_type: Option<Text<MessageType>>,
}

/// Which deliveries are to be recovered.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct Recovery {
    /// Those of this instant or later.
    pub(super) since: Text<Timestamp>,
    /// Those before this instant.
    pub(super) until: Option<Text<Timestamp>>,
}

impl NewEndpointBody {
    /// The endpoint that is asked for, under this id.
    pub(super) fn named(self, id: EndpointId) -> NewEndpoint {
        NewEndpoint {
            id,
            url: self.url.0.0,
            description: self.description.map(|text| text.0.0).unwrap_or_default(),
            types: types(self.types),
            origins: origins(self.origins),
            enabled: self.enabled,
            rate: (self.rate > 0).then_some(self.rate),
        }
    }
}

impl EndpointChangesBody {
    /// The changes that are asked for.
    pub(super) fn changes(self) -> EndpointChanges {
        EndpointChanges {
            url: self.url.map(|url| url.0.0),
            description: self.description.map(|text| text.0.0),
            types: self.types.map(types),
            origins: self.origins.map(origins),
            rate: self.rate.map(|rate| (rate > 0).then_some(rate)),
        }
    }
}

fn types(given: Vec<Text<MessageType>>) -> Vec<String> {
    let mut types: Vec<String> = given.into_iter().map(|one| one.0.0).collect();
    types.sort();
    types.dedup();
    types
}

fn origins(given: Vec<Text<ForwardedOrigin>>) -> Vec<Origin> {
    let mut origins: Vec<Origin> = given.into_iter().map(|one| one.0.0).collect();
    origins.sort();
    origins.dedup();
    origins
}

fn usual() -> Vec<Text<ForwardedOrigin>> {
    let usual = USUAL_ORIGINS.iter().copied();
    usual.map(|origin| Text(ForwardedOrigin(origin))).collect()
}

fn yes() -> bool {
    true
}

fn example_types() -> Vec<Text<MessageType>> {
    ["new-booking", "booking-cancelled"]
        .map(|name| Text(MessageType(name.to_owned())))
        .into()
}

impl Example for NewEndpointBody {
    fn example() -> Self {
        Self {
            url: Text(EndpointUrl(sample::ENDPOINT_URL.to_owned())),
            description: Some(Text(Plain("the CRM".to_owned()))),
            types: example_types(),
            origins: usual(),
            enabled: true,
            rate: 20,
        }
    }
}

impl Example for EndpointChangesBody {
    fn example() -> Self {
        Self {
            url: None,
            description: None,
            types: Some(example_types()),
            origins: None,
            rate: Some(5),
        }
    }
}

impl Example for EndpointTest {
    fn example() -> Self {
        Self {
            event_type: Some(Text(MessageType("new-booking".to_owned()))),
        }
    }
}

impl Example for Recovery {
    fn example() -> Self {
        Self {
            since: Text(sample::instant(0)),
            until: None,
        }
    }
}
