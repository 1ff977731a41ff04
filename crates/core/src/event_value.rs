//! An event as a value: what scripts see of it, and what a wait for it is answered with.
//!
//! Pids are texts however they were written, amounts are decimals where they can be; the rest is as JSON has it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::event::Event;
use crate::events::{EventType, FieldKind};
use crate::pid::Pid;
use crate::value::{Value, decimal};

impl Event {
    /// The payload as scripts see it.
    pub fn payload_value(&self) -> Value {
        let fields = self
            .event_type
            .as_ref()
            .and_then(EventType::descriptor)
            .map_or(&[][..], |descriptor| descriptor.fields);
        let Json::Object(payload) = self.payload() else {
            return Value::from_json(&self.payload());
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

    /// The whole event with `payload`, which [`Event::payload_value`] gave.
    pub fn to_value_with(&self, payload: Value) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::Unit, Value::from);
        Value::from([
            ("id", Value::from(self.id.to_string())),
            (
                "type",
                text(self.event_type.as_ref().map(EventType::as_str)),
            ),
            ("subject", text(self.subject.as_ref().map(Pid::as_str))),
            ("received_at", Value::Time(self.received_at)),
            ("origin", Value::from(self.origin.as_str())),
            ("trust", Value::from(self.trust.as_str())),
            ("payload", payload),
        ])
    }

    /// The whole event, with nothing left to be looked up elsewhere.
    pub fn to_value(&self) -> Value {
        self.to_value_with(self.payload_value())
    }
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
