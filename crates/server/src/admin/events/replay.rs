//! Replaying an event: what it was, once more, as an event of its own.

use std::sync::Arc;

use cuebook_core::event::{Event, Origin};
use cuebook_core::rule::RuleName;
use cuebook_core::{Chance, Clock, EventId};
use cuebook_rules::{ActiveRules, RuleSet};
use cuebook_store::{AcceptEvent, RuleStart, Store, is_erased, is_expired};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::inject::{AcceptedEvent, Injected};
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Allowed, Write};
use crate::problem::{Code, Refused, refusals};
use crate::starting::runs_for;

refusals! {
    /// `POST /events/{id}/replay`
    ReplayRefusals = [InvalidId, NotFound, WrongState, Expired, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// How an event is replayed.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct ReplayOptions {
    /// Whether its effects are performed; otherwise they are recorded only.
    #[oai(default)]
    perform: bool,
    /// Through which rule; through all that are for it, where none is named. The way to a rule of `manual/`.
    rule: Option<Text<RuleName>>,
}

/// The operation that replays.
pub(crate) struct ReplayApi {
    /// Where events are.
    pub(crate) store: Store,
    /// What replayed ones start.
    pub(crate) rules: Arc<ActiveRules>,
    /// When they come.
    pub(crate) clock: Arc<dyn Clock>,
    /// Their ids.
    pub(crate) chance: Arc<dyn Chance>,
}

#[OpenApi]
impl ReplayApi {
    /// Replay an event
    ///
    /// Accepts the same message once more as a new event with the origin `replay`, on the rules as they are now. Unless
    /// `perform` is true, its writes and sends are recorded as `captured` and none is performed.
    #[oai(
        path = "/events/:id/replay",
        method = "post",
        operation_id = "replay_event",
        tag = "Tag::Events"
    )]
    async fn replay_event(
        &self,
        key: Allowed<Write>,
        /// The event's id.
        id: Path<Text<EventId>>,
        /// How.
        body: Given<ReplayOptions>,
    ) -> Result<Injected, Refused<ReplayRefusals>> {
        let original = self.store.event(id.0.0).await?;
        let original = original.ok_or_else(|| Refused::not_found("event"))?;
        if is_erased(&original) {
            return Err(Refused::new(
                Code::WrongState,
                "the event was erased: nothing is left of it that could be replayed",
            ));
        }
        if is_expired(&original) {
            return Err(Refused::new(
                Code::Expired,
                "what the event said is no longer kept, so it cannot be replayed",
            ));
        }
        let Some(event_type) = original.event_type.clone() else {
            return Err(Refused::new(
                Code::WrongState,
                "the event is in quarantine: it is no message that a rule could be for",
            ));
        };
        let set = self.rules.load();
        let rules = match &body.0.rule {
            None if original.origin == Origin::Schedule => runs_of_tick(&set, &original),
            None => runs_for(&set, &event_type, Origin::Replay),
            Some(Text(name)) => vec![start(&set, name).ok_or_else(|| {
                Refused::new(Code::WrongState, format!("no rule {name} is in force"))
            })?],
        };
        let now = self.clock.now();
        let event = Event {
            id: EventId(self.chance.uuid(now)),
            origin: Origin::Replay,
            received_at: now,
            capture: !body.0.perform,
            parent: Some(original.id),
            ..original
        };
        let accept = AcceptEvent {
            event,
            rejected: None,
            rules,
        };
        let accepted = key.0.store(&self.store).accept_event(accept).await?;
        let location = format!("/api/v1/events/{}", accepted.id);
        Ok(Injected::Created(
            Json(AcceptedEvent::new(accepted)),
            location,
        ))
    }
}

/// The runs that a tick of a timetable starts: its type does not say for which rule it is, its payload does.
fn runs_of_tick(set: &RuleSet, event: &Event) -> Vec<RuleStart> {
    let payload = event.payload();
    let rule = payload["rule"].as_str().and_then(|name| name.parse().ok());
    let rules = rule.map_or_else(Vec::new, |rule| set.for_tick(&rule));
    rules
        .into_iter()
        .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
        .collect()
}

fn start(set: &RuleSet, name: &RuleName) -> Option<RuleStart> {
    set.rules
        .get(name)
        .map(|rule| RuleStart::new(name.clone(), &rule.options))
}

impl Example for ReplayOptions {
    fn example() -> Self {
        Self {
            perform: false,
            rule: "new-booking/thank-you".parse().ok().map(Text),
        }
    }
}
