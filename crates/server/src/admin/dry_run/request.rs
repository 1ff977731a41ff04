//! What is to be tried: the rule, the event, and the answers.

use std::sync::Arc;

use cuebook_core::chance::CountedChance;
use cuebook_core::event::{Event, Origin};
use cuebook_core::events::EventType;
use cuebook_core::rule::RuleName;
use cuebook_core::{Chance, EventId, Timestamp, Value};
use cuebook_rules::Engine;
use cuebook_rules::rehearse::Given;
use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::{Value as Json, json};

use crate::admin::value::{Plain, Text, Whole};

/// A rule and an event to try.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct DryRun {
    /// The rule's name. With `source`, where it would stand.
    pub(crate) rule: Text<RuleName>,
    /// The source to try in the place of the rule in force.
    pub(crate) source: Option<Text<Whole>>,
    /// The event.
    pub(crate) event: TriedEvent,
    /// Events that come while the rule waits, in order, a minute after each other.
    #[oai(default, validator(max_items = 50))]
    pub(crate) then: Vec<TriedEvent>,
    /// Answers by function: one, or with `[…]` around them several, of which the first call gets the first. What nobody
    /// answers is named in `unanswered`; a write is taken to be accepted.
    #[oai(default = "no_answers")]
    pub(crate) answers: Any<Json>,
}

/// An event to try a rule on: a stored one, or a type, whose sample it is unless there is a payload.
#[derive(Debug, Object)]
#[oai(rename = "TriedEvent", deny_unknown_fields, example)]
pub(crate) struct TriedEvent {
    /// A stored event; the answers of its run of this rule are given again.
    pub(crate) id: Option<Text<EventId>>,
    /// The type.
    #[oai(rename = "type")]
    pub(crate) event_type: Option<Text<Plain>>,
    /// The payload.
    pub(crate) payload: Option<Any<Json>>,
}

fn no_answers() -> Any<Json> {
    Any(json!({}))
}

impl TriedEvent {
    /// The event that a type and a payload make.
    pub(super) fn made(&self, chance: &CountedChance, at: Timestamp) -> Result<Event, String> {
        let Some(event_type) = &self.event_type else {
            return Err("an event needs an `id` or a `type`".to_owned());
        };
        let name = event_type.0.0.as_str();
        let payload = match &self.payload {
            Some(Any(payload)) => payload.clone(),
            None => sample(name)?,
        };
        let body = json!({"type": name, "payload": payload}).to_string();
        let id = EventId(chance.uuid(at));
        let event = Event::made(id, Origin::Trigger, body.into_bytes(), at)
            .map_err(|error| error.to_string())?;
        Ok(Event {
            capture: true,
            ..event
        })
    }
}

fn sample(name: &str) -> Result<Json, String> {
    let known = EventType::from_wire(name);
    let Some(descriptor) = known.descriptor() else {
        return Err(format!("there is no sample of {name}: give a `payload`"));
    };
    let mut message: Json =
        serde_json::from_str(descriptor.example).map_err(|error| error.to_string())?;
    Ok(message["payload"].take())
}

impl DryRun {
    /// The answers that were given.
    pub(super) fn given(&self, engine: &Engine) -> Result<Given, String> {
        let Json::Object(answers) = &self.answers.0 else {
            return Err("`answers` has to be an object: an answer for each function".to_owned());
        };
        let mut given = Given::default();
        for (function, answer) in answers {
            let several = match answer {
                Json::Array(answers) => answers.as_slice(),
                one => std::slice::from_ref(one),
            };
            for answer in several {
                given
                    .add(engine, function, Value::from_json(answer))
                    .map_err(|error| error.to_string())?;
            }
        }
        Ok(given)
    }

    /// The events that come later.
    pub(super) fn later(
        &self,
        chance: &CountedChance,
        from: Timestamp,
    ) -> Result<Vec<Arc<Event>>, String> {
        let mut at = from;
        self.then
            .iter()
            .map(|event| {
                at += chrono::TimeDelta::minutes(1);
                event.made(chance, at).map(Arc::new)
            })
            .collect()
    }
}

impl Example for DryRun {
    fn example() -> Self {
        Self {
            rule: Text("new-booking/thank-you".parse().unwrap_or_else(|_| unreachable!())),
            source: Some(Text(Whole(
                "let booking = ticketpark::booking(event.payload.booking_pid);\nlog::info(booking.pid);\n"
                    .to_owned(),
            ))),
            event: TriedEvent::example(),
            then: Vec::new(),
            answers: Any(json!({"ticketpark::booking": {"pid": "293233446073"}})),
        }
    }
}

impl Example for TriedEvent {
    fn example() -> Self {
        Self {
            id: None,
            event_type: Some(Text(Plain("new-booking".to_owned()))),
            payload: Some(Any(json!({"booking_pid": 293_233_446_073_u64}))),
        }
    }
}
