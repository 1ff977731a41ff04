//! A dry run for tools.

use cuebook_core::value::rfc3339;
use cuebook_core::{Pid, Timestamp, Value};
use cuebook_effects::readable::{self, Fields};
use cuebook_rules::rehearse::{Rehearsal, Standing};
use serde_json::{Map, Value as Json, json};

use super::answers::Answering;

/// One object: the event, how the run stands, its steps, logs and effects.
pub(crate) fn to_json(run: &Rehearsal, answers: &Answering<'_>) -> Json {
    let event = run.event();
    let standing = run.standing();
    let steps: Vec<Json> = run
        .steps()
        .map(|(path, step)| {
            let (answer, error) = match &step.answer {
                Some(Ok(answer)) => (Some(answer.to_json()), None),
                Some(Err(error)) => (None, Some(json!(error))),
                None => (None, None),
            };
            json!({
                "path": path.to_string(),
                "function": step.question.function,
                "kind": step.kind,
                "arguments": step.arguments.iter().map(Value::to_json).collect::<Vec<_>>(),
                "answer": answer,
                "error": error,
                "answered_by": answers.sources.get(path).map(|source| source.word()),
                "line": step.line,
                "started_at": rfc3339(step.started_at),
                "ended_at": step.ended_at.map(rfc3339),
            })
        })
        .collect();
    let logs: Vec<Json> = run
        .logs()
        .iter()
        .map(|line| {
            json!({
                "level": line.level,
                "message": line.message,
                "fields": line.fields.to_json(),
                "at": rfc3339(line.at),
                "line": line.line,
            })
        })
        .collect();
    json!({
        "rule": run.rule(),
        "event": {
            "id": event.id,
            "type": event.event_type,
            "subject": event.subject.as_ref().map(Pid::as_str),
            "received_at": rfc3339(event.received_at),
            "payload": event.payload(),
        },
        "state": state(standing),
        "reason": standing.reason(),
        "waits_until": standing.wakes_at().map(rfc3339),
        "steps": steps,
        "logs": logs,
        "effects": effects(run),
        "unanswered": unanswered(standing),
    })
}

/// The word for where it stands.
pub(super) fn state(standing: &Standing) -> &'static str {
    match standing {
        Standing::Unanswered { .. } => "unanswered",
        standing => standing.state().as_str(),
    }
}

fn unanswered(standing: &Standing) -> Vec<Json> {
    let Standing::Unanswered { calls } = standing else {
        return Vec::new();
    };
    calls
        .iter()
        .map(|call| {
            json!({
                "function": call.question.function,
                "arguments": call.arguments.iter().map(Value::to_json).collect::<Vec<_>>(),
                "line": call.line,
            })
        })
        .collect()
}

/// An effect that the run would have.
pub(super) struct Effect {
    pub(super) function: String,
    pub(super) target: String,
    pub(super) line: Option<u32>,
    pub(super) at: Timestamp,
    pub(super) fields: Fields,
}

/// What the run would do, in the order of the script.
pub(super) fn effects_of(run: &Rehearsal) -> Vec<Effect> {
    let writes = run.writes().map(|step| {
        let target = step.arguments.first().and_then(Value::as_text);
        let effect = Effect {
            function: step.question.function.clone(),
            target: target.unwrap_or_default().to_owned(),
            line: step.line,
            at: step.started_at,
            fields: readable::of_call(&step.question.function, &step.arguments),
        };
        (step.path.clone(), effect)
    });
    let sends = run.segments().iter().flat_map(|segment| {
        segment.sends.iter().flat_map(|send| {
            send.parts.iter().map(|part| {
                let effect = Effect {
                    function: send.question.function.clone(),
                    target: part.target.clone(),
                    line: send.line,
                    at: segment.at,
                    fields: readable::of_send(&send.question.function, &part.envelope, &part.body),
                };
                (send.path.clone(), effect)
            })
        })
    });
    let mut all: Vec<_> = writes.chain(sends).collect();
    all.sort_by(|(one, _), (two, _)| one.cmp(two));
    all.into_iter().map(|(_, effect)| effect).collect()
}

fn effects(run: &Rehearsal) -> Vec<Json> {
    effects_of(run)
        .into_iter()
        .map(|effect| {
            let fields: Map<String, Json> = effect
                .fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            json!({
                "function": effect.function,
                "target": effect.target,
                "line": effect.line,
                "at": rfc3339(effect.at),
                "fields": fields,
            })
        })
        .collect()
}
