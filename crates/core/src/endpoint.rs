//! An endpoint: a URL of another system that messages are forwarded to, each signed by Standard Webhooks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::event::{Event, Origin, words};
use crate::ids::EndpointId;
use crate::rule::Rate;
use crate::secret::SecretText;

/// The kind that deliveries have in the ledger. No script function is called so.
pub const DELIVERY: &str = "endpoint::deliver";

/// What stands in the place of a step of a delivery that only tests its endpoint.
pub const TEST: &str = "test";

/// What a message is called to have come as where nothing else is said.
pub const CONTENT_TYPE: &str = "application/json";

/// An endpoint that has failed for so long without a success is paused.
pub const PATIENCE: Duration = Duration::from_hours(5 * 24);

/// What is signed is signed with the former secret, too, for so long after it was rotated.
pub const OVERLAP: Duration = Duration::from_hours(24);

words! {
    /// Whether an endpoint gets messages.
    EndpointState {
        /// It gets them.
        Enabled = "enabled",
        /// It has failed for too long: what comes for it is held.
        Paused = "paused",
        /// A person decided against it, or it said that it is gone: nothing comes for it.
        Disabled = "disabled",
    }
}

/// An endpoint, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which types of messages it gets; all if empty.
    pub types: Vec<String>,
    /// How messages came that it gets.
    pub origins: Vec<Origin>,
    /// Whether it gets any.
    pub state: EndpointState,
    /// Why it is not enabled.
    pub reason: Option<String>,
    /// So many messages a second at most.
    pub rate: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Since when it has failed without a success.
    pub failing_since: Option<Timestamp>,
    /// Since when it is paused or disabled.
    pub paused_at: Option<Timestamp>,
    /// Until when messages are signed with the former secret, too.
    pub former_secret_until: Option<Timestamp>,
}

/// How messages come that an endpoint gets where nothing else is said: what Ticketpark sent, or would have.
pub const USUAL_ORIGINS: &[Origin] = &[Origin::Webhook, Origin::Reconcile];

/// How messages may come that an endpoint gets. What rules and timetables make is Cuebook's own, and no message.
pub const POSSIBLE_ORIGINS: &[Origin] = &[
    Origin::Webhook,
    Origin::Reconcile,
    Origin::Trigger,
    Origin::Replay,
];

impl Endpoint {
    /// Whether messages like `event` are for it.
    pub fn wants(&self, event: &Event) -> bool {
        let Some(event_type) = &event.event_type else {
            return false;
        };
        let by_type =
            self.types.is_empty() || self.types.iter().any(|one| one == event_type.as_str());
        by_type && self.origins.contains(&event.origin)
    }

    /// Its URL as the ledger shows it: without the values of its query, which may be secret.
    pub fn target(&self) -> String {
        match self.url.split_once(['?', '#']) {
            Some((before, _)) => format!("{before}?…"),
            None => self.url.clone(),
        }
    }
}

/// Where a delivery goes, and what signs it.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Where to.
    pub url: String,
    /// How often at most.
    pub rate: Option<Rate>,
    /// What signs them: the secret, and the former one for a while.
    pub secrets: Vec<SecretText>,
}

/// Finds the destination of deliveries.
pub trait Destinations: Send + Sync {
    /// The destination of an endpoint as it is `now`, if there is one.
    fn destination(&self, endpoint: EndpointId, now: Timestamp) -> Option<Destination>;
}

/// No destinations at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDestinations;

impl Destinations for NoDestinations {
    fn destination(&self, _endpoint: EndpointId, _now: Timestamp) -> Option<Destination> {
        None
    }
}

/// What a delivery needs beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryHead {
    /// Where to.
    pub endpoint: EndpointId,
    /// As what the message came.
    pub content_type: String,
}

impl DeliveryHead {
    /// Of an event with these headers.
    pub fn new(endpoint: EndpointId, headers: &[(String, String)]) -> Self {
        let sendable = |value: &str| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let given = headers
            .iter()
            .find(|(name, value)| name == "content-type" && sendable(value));
        Self {
            endpoint,
            content_type: given.map_or(CONTENT_TYPE, |(_, value)| value).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::EventId;

    fn endpoint(types: &[&str]) -> Endpoint {
        Endpoint {
            id: EndpointId(Uuid::nil()),
            url: "https://crm.example/".to_owned(),
            description: String::new(),
            types: types.iter().map(|&one| one.to_owned()).collect(),
            origins: USUAL_ORIGINS.to_vec(),
            state: EndpointState::Enabled,
            reason: None,
            rate: None,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            failing_since: None,
            paused_at: None,
            former_secret_until: None,
        }
    }

    fn event(wire_type: &str, origin: Origin) -> Event {
        let body = format!(r#"{{"type":"{wire_type}","payload":{{}}}}"#);
        let id = EventId(Uuid::nil());
        Event::made(id, origin, body.into_bytes(), Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn an_endpoint_gets_messages_of_its_types_and_all_without_any() {
        let event = |wire_type| event(wire_type, Origin::Webhook);
        assert!(endpoint(&[]).wants(&event("something-new")));
        assert!(endpoint(&["new-booking"]).wants(&event("new-booking")));
        assert!(!endpoint(&["new-booking"]).wants(&event("new-payment")));
        // Both spellings are one type.
        assert!(endpoint(&["person-updated"]).wants(&event("new-updated")));
    }

    #[test]
    fn what_cuebook_makes_itself_is_forwarded_only_where_that_is_asked_for() {
        let wants = |origin| endpoint(&[]).wants(&event("new-booking", origin));
        let wanted = Origin::ALL.iter().copied().filter(|&origin| wants(origin));
        assert_eq!(wanted.collect::<Vec<_>>(), USUAL_ORIGINS);
        let mut asking = endpoint(&[]);
        asking.origins.push(Origin::Trigger);
        assert!(asking.wants(&event("new-booking", Origin::Trigger)));
    }

    #[test]
    fn what_is_in_quarantine_is_for_nobody() {
        let mut rejected = event("new-booking", Origin::Webhook);
        rejected.event_type = None;
        assert!(!endpoint(&[]).wants(&rejected));
    }

    #[test]
    fn a_message_goes_as_what_it_came() {
        let head = |headers: &[(String, String)]| {
            DeliveryHead::new(EndpointId(Uuid::nil()), headers).content_type
        };
        let given = ("content-type".to_owned(), "text/json".to_owned());
        assert_eq!(head(&[given]), "text/json");
        let odd = ("content-type".to_owned(), "text/\u{fffd}".to_owned());
        assert_eq!(head(&[odd]), "application/json");
        assert_eq!(head(&[]), "application/json");
    }
}
