//! `emit`: makes an event of Cuebook, for other rules.

use cuebook_core::Value;
use cuebook_core::failure::CallError;
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind, PrepareContext,
};
use cuebook_core::limits;
use cuebook_core::send::{PreparedSend, Route};
use serde_json::json;

use super::kind::{Kind, Perform};
use crate::arguments::{self, holds_secret};

/// The longest type of an event, in bytes.
const TYPE_LIMIT: usize = 100;

/// Folders of rules that are no types of events.
const FOLDERS: [&str; 5] = ["any", "manual", "schedule", "lib", "templates"];

/// `emit`
pub(super) const EMIT: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "emit",
        kind: FunctionKind::Send(prepare),
        parameters: &[
            Parameter {
                name: "type",
                kind: ParameterKind::Text,
                required: true,
                doc: "The new event's type: lower-case letters, digits and hyphens, such as `seat-freed`.",
            },
            Parameter {
                name: "payload",
                kind: ParameterKind::Map,
                required: true,
                doc: "Its payload. With `booking_pid` or `person_pid` it has a subject.",
            },
        ],
        answer: Answer::Unit,
        doc: "Makes an event of Cuebook when the run's segment has ended: rules in the folder of its type run on it. What \
              one event leads to is bounded in number and depth.",
        example: r#"emit("seat-freed", #{ booking_pid: event.payload.booking_pid, seats: 2 });"#,
    },
    perform: Perform::Event,
};

fn prepare(
    context: &PrepareContext<'_>,
    arguments: &[Value],
) -> Result<Vec<PreparedSend>, CallError> {
    let event_type = arguments::text(arguments, 0, "type")?;
    check_type(event_type)?;
    let payload = match arguments.get(1) {
        Some(payload @ Value::Map(_)) => payload,
        Some(other) => {
            return Err(CallError::invalid(format!(
                "an event's payload is a map, not {}",
                other.kind()
            )));
        }
        None => return Err(CallError::invalid("payload is missing")),
    };
    if holds_secret(payload) {
        return Err(CallError::invalid(
            "a secret cannot stand in an event's payload",
        ));
    }
    let body = json!({ "type": event_type, "payload": payload.to_json() }).to_string();
    if body.len() > limits::BODY {
        return Err(CallError::invalid(format!(
            "the event is larger than {} bytes",
            limits::BODY
        )));
    }
    Ok(vec![PreparedSend {
        part: 0,
        route: Route::Event,
        target: event_type.to_owned(),
        key: (context.key)(0),
        envelope: json!({}),
        body: body.into_bytes(),
    }])
}

fn check_type(event_type: &str) -> Result<(), CallError> {
    let shaped = event_type.len() <= TYPE_LIMIT
        && event_type.starts_with(|first: char| first.is_ascii_lowercase())
        && event_type
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    if !shaped {
        return Err(CallError::invalid(format!(
            "{event_type:?} is no type of an event: write lower-case letters, digits and hyphens, such as \"seat-freed\""
        )));
    }
    if FOLDERS.contains(&event_type) {
        return Err(CallError::invalid(format!(
            "{event_type:?} is a folder of rules and no type of an event"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_lower_case_words_and_no_folder_of_rules() {
        for good in ["seat-freed", "a", "new-booking", "x2_y"] {
            assert!(check_type(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Seat",
            "seat freed",
            "-seat",
            "2x",
            "sea/t",
            "any",
            "lib",
            "é",
            &"x".repeat(101),
        ] {
            assert!(check_type(bad).is_err(), "{bad}");
        }
    }
}
