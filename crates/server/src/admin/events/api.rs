//! The operations on events.

use std::sync::Arc;

use cuebook_core::event::{EventState, Origin};
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{Chance, Clock, EventId, Timestamp};
use cuebook_rules::ActiveRules;
use cuebook_store::{EventFilter, Store, is_expired};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::inject::{AcceptedEvent, Injected, InjectedEvent, injected};
use super::refusals::{InjectRefusals, ListRefusals, RawRefusals, ShowRefusals};
use super::view::{EventBody, EventPage};
use crate::admin::download::Download;
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::rule_sets::Hash;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text, event_types};
use crate::auth::{Allowed, Read, Scope, Write};
use crate::problem::{Code, Refused};
use crate::starting::runs_for;

/// The operations on events.
pub(crate) struct EventsApi {
    /// Where they are stored.
    pub(crate) store: Store,
    /// What injected ones start.
    pub(crate) rules: Arc<ActiveRules>,
    /// When injected ones come.
    pub(crate) clock: Arc<dyn Clock>,
    /// The ids of injected ones.
    pub(crate) chance: Arc<dyn Chance>,
}

#[OpenApi]
impl EventsApi {
    /// List events
    ///
    /// The events, newest first. Filters narrow the list together. The payload of a message over 16 KiB is left out here.
    #[oai(
        path = "/events",
        method = "get",
        operation_id = "list_events",
        tag = "Tag::Events"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    async fn list_events(
        &self,
        key: Allowed<Read>,
        /// Only events of this type; may be given several times.
        #[oai(name = "type")]
        event_type: Query<Vec<Text<Plain>>>,
        /// Only events about this booking or person.
        subject: Query<Option<Text<Plain>>>,
        /// Only events in this state.
        state: Query<Option<Text<EventState>>>,
        /// Only events that came this way.
        origin: Query<Option<Text<Origin>>>,
        /// Only events that this rule ran for.
        rule: Query<Option<Text<RuleName>>>,
        /// Only events with a run on this version of a rule: its hash.
        rule_version: Query<Option<Text<Hash>>>,
        /// Only events that came at this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only events that came before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// Only events in which each of these words occurs, in type, subject or payload, upper and lower case alike; without
        /// the scope `personal`, in type and subject alone.
        q: Query<Option<Text<Plain>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<EventPage>, Refused<ListRefusals>> {
        let filter = EventFilter {
            event_type: event_types(event_type.0),
            subject: subject.0.map(|text| text.0.0),
            state: state.0.map(|state| state.0),
            origin: origin.0.map(|origin| origin.0),
            rule: rule.0.map(|rule| rule.0),
            rule_version: rule_version.0.map(|version| VersionHash(version.0.0)),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            q: q.0.map(|text| text.0.0),
            q_in: key.0.search_in(),
        };
        let listed = self
            .store
            .list_events(&filter, &page(limit.0, cursor.0))
            .await?;
        let masking = key.0.masking();
        let (items, next_cursor) = shown(listed, |view| EventBody::new(view, masking));
        Ok(Json(EventPage { items, next_cursor }))
    }

    /// Show an event
    ///
    /// One event with its runs.
    #[oai(
        path = "/events/:id",
        method = "get",
        operation_id = "show_event",
        tag = "Tag::Events"
    )]
    async fn show_event(
        &self,
        key: Allowed<Read>,
        /// The event's id.
        id: Path<Text<EventId>>,
    ) -> Result<Json<EventBody>, Refused<ShowRefusals>> {
        let view = self.store.show_event(id.0.0).await?;
        view.map(|view| Json(EventBody::new(view, key.0.masking())))
            .ok_or_else(|| Refused::not_found("event"))
    }

    /// Get an event's bytes
    ///
    /// The body as it came, byte for byte. Needs the scope `personal` beside `read`.
    #[oai(
        path = "/events/:id/raw",
        method = "get",
        operation_id = "raw_event",
        tag = "Tag::Events"
    )]
    async fn raw_event(
        &self,
        key: Allowed<Read>,
        /// The event's id.
        id: Path<Text<EventId>>,
    ) -> Result<Download, Refused<RawRefusals>> {
        if !key.0.may(Scope::Personal) {
            return Err(Refused::new(
                Code::PersonalData,
                "the bytes of an event may hold personal data",
            ));
        }
        let event = self.store.event(id.0.0).await?;
        let event = event.ok_or_else(|| Refused::not_found("event"))?;
        if is_expired(&event) {
            return Err(Refused::new(
                Code::Expired,
                "the bytes of this event are no longer kept",
            ));
        }
        Ok(Download::bytes(format!("{}.json", event.id), event.body))
    }

    /// Inject an event
    ///
    /// Accepts an event as if it had come by webhook, with the origin `trigger`. Unless `perform` is true, its writes and
    /// sends are recorded as `captured` and none is performed.
    #[oai(
        path = "/events",
        method = "post",
        operation_id = "inject_event",
        tag = "Tag::Events"
    )]
    async fn inject_event(
        &self,
        key: Allowed<Write>,
        /// The event.
        body: Json<InjectedEvent>,
    ) -> Result<Injected, Refused<InjectRefusals>> {
        let now = self.clock.now();
        let id = EventId(self.chance.uuid(now));
        let mut accept = injected(&body.0, id, now)
            .map_err(|error| Refused::new(Code::InvalidValue, error.to_string()))?;
        if let Some(event_type) = &accept.event.event_type {
            accept.rules = runs_for(&self.rules.load(), event_type, Origin::Trigger);
        }
        let accepted = key.0.store(&self.store).accept_event(accept).await?;
        let location = format!("/api/v1/events/{}", accepted.id);
        Ok(Injected::Created(
            Json(AcceptedEvent::new(accepted)),
            location,
        ))
    }
}
