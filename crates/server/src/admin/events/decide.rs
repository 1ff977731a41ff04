//! What an operator decides about events that wait: approve, discard.

use std::sync::Arc;

use cuebook_core::EventId;
use cuebook_core::event::{Event, EventState};
use cuebook_rules::ActiveRules;
use cuebook_store::{Operated, Store};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::view::EventBody;
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Masking, Write};
use crate::problem::{Code, Refused, refusals};
use crate::starting::runs_for;

refusals! {
    /// `POST /events/{id}/approve` and `POST /events/{id}/discard`
    DecideRefusals = [InvalidId, NotFound, WrongState, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// A decision about an event.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct EventDecision {
    /// Why, for the audit log. Mail addresses in it are hidden.
    reason: Option<Text<Plain>>,
}

/// The decisions of operators about events.
pub(crate) struct DecideEventsApi {
    /// Where they are stored.
    pub(crate) store: Store,
    /// What approved ones start.
    pub(crate) rules: Arc<ActiveRules>,
}

#[OpenApi]
impl DecideEventsApi {
    /// Approve an event
    ///
    /// Has the rules run on an event that is `held`, or that Ticketpark could not be asked about so far (`confirming`): then with
    /// `event.trust` as `unconfirmed`.
    #[oai(
        path = "/events/:id/approve",
        method = "post",
        operation_id = "approve_event",
        tag = "Tag::Events"
    )]
    async fn approve_event(
        &self,
        key: Allowed<Write>,
        /// The event's id.
        id: Path<Text<EventId>>,
        /// Why.
        body: Given<EventDecision>,
    ) -> Result<Json<EventBody>, Refused<DecideRefusals>> {
        let event = self.event(id.0.0).await?;
        if let Some(Text(Plain(reason))) = &body.0.reason {
            key.0.because(reason);
        }
        let rules = event.event_type.as_ref().map_or_else(Vec::new, |name| {
            runs_for(&self.rules.load(), name, event.origin)
        });
        let store = key.0.store(&self.store);
        let operated = store.approve_event(event, rules).await?;
        self.shown(id.0.0, operated, key.0.masking()).await
    }

    /// Discard an event
    ///
    /// Decides against an event that is `held` or `confirming`: it goes to quarantine (`rejected`), and no rule sees it.
    #[oai(
        path = "/events/:id/discard",
        method = "post",
        operation_id = "discard_event",
        tag = "Tag::Events"
    )]
    async fn discard_event(
        &self,
        key: Allowed<Write>,
        /// The event's id.
        id: Path<Text<EventId>>,
        /// Why.
        body: Given<EventDecision>,
    ) -> Result<Json<EventBody>, Refused<DecideRefusals>> {
        let event = self.event(id.0.0).await?;
        if let Some(Text(Plain(reason))) = &body.0.reason {
            key.0.because(reason);
        }
        let operated = key.0.store(&self.store).discard_event(event).await?;
        self.shown(id.0.0, operated, key.0.masking()).await
    }
}

impl DecideEventsApi {
    async fn event(&self, id: EventId) -> Result<Event, Refused<DecideRefusals>> {
        let event = self.store.event(id).await?;
        event.ok_or_else(|| Refused::not_found("event"))
    }

    async fn shown(
        &self,
        id: EventId,
        operated: Operated<EventState>,
        masking: Masking,
    ) -> Result<Json<EventBody>, Refused<DecideRefusals>> {
        match operated {
            Operated::Done => {}
            Operated::NoSuch => return Err(Refused::not_found("event")),
            Operated::NotIn(state) => {
                let detail = format!(
                    "the event is {state}: only one that is held or confirming can be approved or discarded"
                );
                return Err(Refused::new(Code::WrongState, detail));
            }
        }
        let view = self.store.show_event(id).await?;
        view.map(|view| Json(EventBody::new(view, masking)))
            .ok_or_else(|| Refused::not_found("event"))
    }
}

impl Example for EventDecision {
    fn example() -> Self {
        Self {
            reason: Some(Text(Plain("it was missing since the move".to_owned()))),
        }
    }
}
