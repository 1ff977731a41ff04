//! `wait_for("new-payment", #{…}, "14d")`: waits until an event comes, or until it is too late.

use std::collections::BTreeMap;

use cuebook_core::clock::Timestamp;
use cuebook_core::event::Event;
use cuebook_core::event_wait::{EventWait, comparable};
use cuebook_core::events::EventType;
use cuebook_core::failure::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};
use cuebook_core::pid::Pid;
use cuebook_core::value::Value;

use super::sleep;
use crate::host::function::{Function, Source};

/// `wait_for(type, fields, timeout)`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "wait_for",
        kind: FunctionKind::Wait,
        parameters: &[
            Parameter {
                name: "type",
                kind: ParameterKind::TextOrTexts,
                required: true,
                doc: "The event's type, or an array of types of which one is enough.",
            },
            Parameter {
                name: "fields",
                kind: ParameterKind::Map,
                required: true,
                doc: "What fields of its payload have to be: texts, numbers and bools, pids compared exactly. With neither \
                      `booking_pid` nor `person_pid` among them, the event has to be about the same booking or person \
                      as the rule's own; `#{}` asks for nothing more.",
            },
            Parameter {
                name: "timeout",
                kind: ParameterKind::Duration,
                required: true,
                doc: "How long at most, such as \"14d\".",
            },
        ],
        answer: Answer::Any,
        doc: "Waits for an event. Gives back the event, with the properties of the constant `event`, or `()` if none came in \
              time. An event that came after the rule's own counts, even if it came before the script got here. Each event \
              answers one wait of a run, the oldest first. What the script sent so far goes out before. A waiting run costs \
              a row in the database and survives a restart. Not inside of parallel: give several types instead.",
        example: "let payment = wait_for(\"new-payment\", #{ booking_pid: event.payload.booking_pid }, \"14d\");\nif payment == () { skip(\"not paid in 14 days\"); }\nlog::info(`paid ${payment.payload.amount}`);",
    },
    source: Source::Event,
};

/// When a wait that begins now is over.
pub(crate) fn deadline(now: Timestamp, arguments: &[Value]) -> Result<Timestamp, CallError> {
    sleep::later(now, arguments.get(2))
}

/// What a call waits for in a run of the event `own`.
pub(crate) fn wanted(
    arguments: &[Value],
    own: &Event,
    deadline: Timestamp,
) -> Result<EventWait, CallError> {
    let types = types(arguments.first())?;
    let fields = fields(arguments.get(1))?;
    let named = ["booking_pid", "person_pid"]
        .iter()
        .find_map(|name| fields.get(*name));
    let subject = match (named, &own.subject) {
        (Some(pid), _) => Pid::from(pid.as_str()),
        (None, Some(own)) => own.clone(),
        (None, None) => {
            return Err(CallError::invalid(
                "wait_for: fields needs `booking_pid` or `person_pid`, since the rule's own event is about neither",
            ));
        }
    };
    Ok(EventWait {
        types,
        fields,
        subject,
        deadline,
        capture: own.capture,
    })
}

fn types(argument: Option<&Value>) -> Result<Vec<EventType>, CallError> {
    let texts: Vec<&str> = match argument {
        Some(Value::Text(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    };
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(CallError::invalid(
            "wait_for: type has to be the name of a type of events, or an array of such names",
        ));
    }
    Ok(texts.into_iter().map(EventType::from_wire).collect())
}

fn fields(argument: Option<&Value>) -> Result<BTreeMap<String, String>, CallError> {
    let Some(Value::Map(fields)) = argument else {
        return Err(CallError::invalid("wait_for: fields has to be a map"));
    };
    let text = |(name, value): (&String, &Value)| {
        let text = comparable(value).ok_or_else(|| {
            CallError::invalid(format!(
                "wait_for: the field `{name}` has to be a string, a number or a bool, and is {}",
                value.kind()
            ))
        })?;
        Ok((name.clone(), text))
    };
    fields.iter().map(text).collect()
}
