//! The constant `event`, as scripts see it.
//!
//! Built only when a script looks: its payload is parsed once a pass, and copied only where it is used.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use cuebook_core::event::Event;
use cuebook_core::events::{EventType, FieldKind};
use cuebook_core::pid::Pid;
use cuebook_core::value::{Value, decimal};
use rhai::{Dynamic, Engine, FuncRegistration};
use serde_json::Value as Json;

use crate::convert::{to_script, to_value};
use crate::throw::{Thrown, invalid};
use crate::types::Time;

/// How far events are believed: a token in the URL is all that Ticketpark offers.
const TRUST: &str = "token";

/// The constant `event`.
#[derive(Debug, Clone)]
pub(crate) struct EventView(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    event: Arc<Event>,
    payload: OnceLock<Value>,
}

impl EventView {
    /// The view of `event`.
    pub(crate) fn new(event: Arc<Event>) -> Self {
        Self(Arc::new(Parts {
            event,
            payload: OnceLock::new(),
        }))
    }

    fn payload(&self) -> &Value {
        self.0.payload.get_or_init(|| payload(&self.0.event))
    }

    /// A property, or `()`.
    fn property(&self, name: &str) -> Result<Dynamic, Thrown> {
        let event = &self.0.event;
        Ok(match name {
            "id" => event.id.to_string().into(),
            "type" => event
                .event_type
                .as_ref()
                .map_or(Dynamic::UNIT, |name| name.as_str().to_owned().into()),
            "subject" => event
                .subject
                .as_ref()
                .map_or(Dynamic::UNIT, |pid| pid.as_str().to_owned().into()),
            "received_at" => Dynamic::from(Time(event.received_at)),
            "origin" => event.origin.as_str().into(),
            "trust" => TRUST.into(),
            "payload" => to_script(self.payload())?,
            _ => Dynamic::UNIT,
        })
    }

    /// The whole event as a map.
    pub(crate) fn to_value(&self) -> Value {
        let event = &self.0.event;
        let text = |text: Option<&str>| text.map_or(Value::Unit, Value::from);
        Value::from([
            ("id", Value::from(event.id.to_string())),
            (
                "type",
                text(event.event_type.as_ref().map(EventType::as_str)),
            ),
            ("subject", text(event.subject.as_ref().map(Pid::as_str))),
            ("received_at", Value::Time(event.received_at)),
            ("origin", Value::from(event.origin.as_str())),
            ("trust", Value::from(TRUST)),
            ("payload", self.payload().clone()),
        ])
    }
}

/// Registers the type.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<EventView>("event")
        .register_indexer_get(|event: &mut EventView, name: &str| event.property(name))
        .register_fn("to_string", |event: &mut EventView| as_text(event))
        .register_fn("print", |event: &mut EventView| as_text(event));
    for name in [
        "id",
        "type",
        "subject",
        "received_at",
        "origin",
        "trust",
        "payload",
    ] {
        engine.register_get(name, move |event: &mut EventView| event.property(name));
    }
    FuncRegistration::new_setter("payload")
        .with_purity(true)
        .register_into_engine(engine, put_back);
}

/// Rhai puts the payload back after each method call on something in it, whether it was changed or not. Without this, a
/// change would be lost without a word.
#[expect(clippy::needless_pass_by_value, reason = "Rhai hands it over")]
fn put_back(event: &mut EventView, payload: Dynamic) -> Result<(), Thrown> {
    if to_value(&payload).is_ok_and(|payload| payload == *event.payload()) {
        return Ok(());
    }
    Err(invalid(
        "the event cannot be changed: copy what you need into a variable",
    ))
}

fn as_text(event: &EventView) -> String {
    event.to_value().to_json().to_string()
}

/// The payload of `event`: pids are strings however they were written, amounts are decimals where they can be.
pub(crate) fn payload(event: &Event) -> Value {
    let fields = event
        .event_type
        .as_ref()
        .and_then(EventType::descriptor)
        .map_or(&[][..], |descriptor| descriptor.fields);
    let Json::Object(payload) = event.payload() else {
        return Value::from_json(&event.payload());
    };
    let members: BTreeMap<String, Value> = payload
        .iter()
        .map(|(name, json)| {
            let known = fields.iter().find(|field| field.name == name);
            let value = match known.map(|field| field.kind).or_else(|| kind(name)) {
                Some(kind) => read(kind, json),
                None => nested(json),
            };
            (name.clone(), value)
        })
        .collect();
    Value::Map(members)
}

/// What a field's name says about it.
fn kind(name: &str) -> Option<FieldKind> {
    if name == "pid" || name.ends_with("_pid") {
        Some(FieldKind::Pid)
    } else if name.ends_with("_pids") {
        Some(FieldKind::Pids)
    } else if name == "amount" {
        Some(FieldKind::Amount)
    } else {
        None
    }
}

fn read(kind: FieldKind, json: &Json) -> Value {
    let pid = |json: &Json| {
        Pid::from_json(json).map_or_else(|| nested(json), |pid| Value::from(pid.as_str()))
    };
    match (kind, json) {
        (FieldKind::Pid, json) => pid(json),
        (FieldKind::Pids, Json::Array(items)) => Value::Array(items.iter().map(pid).collect()),
        (FieldKind::Amount, Json::String(text)) => {
            decimal(text).map_or_else(|| Value::from(text.as_str()), Value::Decimal)
        }
        (FieldKind::Amount, Json::Number(number)) => {
            let text = number.to_string();
            decimal(&text).map_or(Value::Text(text), Value::Decimal)
        }
        (_, json) => nested(json),
    }
}

fn nested(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::Array(items.iter().map(nested).collect()),
        Json::Object(object) => Value::Map(
            object
                .iter()
                .map(|(name, json)| {
                    let value = kind(name).map_or_else(|| nested(json), |kind| read(kind, json));
                    (name.clone(), value)
                })
                .collect(),
        ),
        json => Value::from_json(json),
    }
}
