//! What came to the run while it waited, in order of time: events, and moments that its waits were over at.

use cuebook_core::event::Event;
use cuebook_core::journal::StepKind;
use cuebook_core::value::rfc3339;
use cuebook_core::{Timestamp, Value};
use cuebook_rules::testing::{literal, pretty};

use super::find::Past;

/// Something that the run waited for.
enum Happening<'a> {
    /// A moment.
    Moment,
    /// An event.
    Came(&'a Event),
}

/// The lines that let it happen again.
pub(super) fn lines(past: &Past) -> Vec<String> {
    let mut happenings: Vec<(Timestamp, Happening<'_>)> = past
        .came
        .iter()
        .map(|event| (event.received_at, Happening::Came(event)))
        .collect();
    let given = |answer: &Value| answer.get("payload").is_some();
    for step in past.run.steps.values() {
        if step.entry.kind != StepKind::Wait {
            continue;
        }
        // What an event has ended stands among the events; what is not over yet has not happened.
        let is_over = match &step.entry.answer {
            Some(Ok(answer)) => !given(answer),
            Some(Err(_)) | None => false,
        };
        if let Some(due) = step.entry.wake_at.filter(|_| is_over) {
            happenings.push((due, Happening::Moment));
        }
    }
    happenings.sort_by_key(|(at, _)| *at);
    let mut lines = Vec::new();
    for (at, happening) in happenings {
        lines.push(advance(at));
        if let Happening::Came(event) = happening {
            lines.push(trigger(event, ""));
        }
    }
    lines
}

/// The line that moves the clock to `at`.
pub(super) fn advance(at: Timestamp) -> String {
    format!("advance_to({});", literal(&Value::from(rfc3339(at))))
}

/// The line that lets `event` come; what it gives is kept as `kept`, where that says something.
pub(super) fn trigger(event: &Event, kept: &str) -> String {
    let name = event.event_type.as_ref().map_or("", |name| name.as_str());
    let payload = pretty(&Value::from_json(&event.payload()));
    format!("{kept}trigger({}, {payload});", literal(&Value::from(name)))
}
