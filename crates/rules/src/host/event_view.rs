//! The constant `event`, as scripts see it.
//!
//! Built only when a script looks: its payload is parsed once a pass, and copied only where it is used.

use std::sync::{Arc, OnceLock};

use cuebook_core::event::Event;
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, FuncRegistration};

use crate::convert::{to_script, to_value};
use crate::throw::{Thrown, invalid};
use crate::types::Time;

/// The properties of every event, with their types and meanings.
pub(crate) const PROPERTIES: &[(&str, &str, &str)] = &[
    ("id", "String", "Its id."),
    ("type", "String", "Its type, such as `new-booking`."),
    (
        "subject",
        "String",
        "The pid of the booking or person that it is about.",
    ),
    ("received_at", "time", "When it came."),
    (
        "origin",
        "String",
        "How it came: `webhook`, `trigger`, `replay`, `reconcile`, `emit` or `schedule`.",
    ),
    (
        "trust",
        "String",
        "How far it is believed: `token`, `confirmed` or `unconfirmed`.",
    ),
    (
        "payload",
        "Map",
        "The fields of its type: see the types beside this one.",
    ),
];

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
        self.0.payload.get_or_init(|| self.0.event.payload_value())
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
            "trust" => event.trust.as_str().into(),
            "payload" => to_script(self.payload())?,
            _ => Dynamic::UNIT,
        })
    }

    /// The whole event as a map.
    pub(crate) fn to_value(&self) -> Value {
        self.0.event.to_value_with(self.payload().clone())
    }
}

/// Registers the type.
pub(crate) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<EventView>("event")
        .register_indexer_get(|event: &mut EventView, name: &str| event.property(name))
        .register_fn("to_string", |event: &mut EventView| as_text(event))
        .register_fn("print", |event: &mut EventView| as_text(event));
    for (name, _, _) in PROPERTIES {
        engine.register_get(*name, move |event: &mut EventView| event.property(name));
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
