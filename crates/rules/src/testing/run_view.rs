//! A run as a test sees it: always as it stands when it is looked at.

use cuebook_core::event::Event;
use cuebook_core::function::FunctionDescriptor;
use cuebook_core::journal::{SendRequest, StepKind, StepRecord};
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine};

use super::current;
use super::emails;
use super::stage::Stage;
use crate::convert::to_script;
use crate::rehearse::Rehearsal;
use crate::throw::Thrown;

/// A run, by its place among the test's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TestRun(pub(super) usize);

/// What a run shows, by name.
type Show = fn(&Stage, &Rehearsal) -> Value;

const SHOWN: &[(&str, Show)] = &[
    ("state", |_, run| {
        Value::from(run.standing().state().as_str())
    }),
    ("code", |_, run| {
        run.standing().code().map_or(Value::Unit, Value::from)
    }),
    ("reason", |_, run| {
        run.standing().reason().map_or(Value::Unit, Value::from)
    }),
    ("wakes_at", |_, run| {
        run.standing().wakes_at().map_or(Value::Unit, Value::Time)
    }),
    ("rule", |_, run| Value::from(run.rule().as_str())),
    ("event", |_, run| run.event().to_value()),
    ("emails", |stage, run| Value::Array(emails::of(stage, run))),
    ("webhooks", |stage, run| sends(stage, run, "webhook::send")),
    ("emitted", |_, run| {
        let emitted = run.emitted();
        Value::Array(
            emitted
                .map(|event: &std::sync::Arc<Event>| event.to_value())
                .collect(),
        )
    }),
    ("requests", |stage, run| {
        calls(stage, run, |kind| kind == StepKind::Write)
    }),
    ("calls", |stage, run| {
        calls(stage, run, |kind| {
            matches!(kind, StepKind::Read | StepKind::Write)
        })
    }),
    ("logs", |_, run| Value::Array(logs(run))),
];

/// Registers the type.
pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<TestRun>("run")
        .register_fn("==", |a: TestRun, b: TestRun| a == b)
        .register_fn("!=", |a: TestRun, b: TestRun| a != b);
    for (name, show) in SHOWN {
        engine.register_get(name, move |run: &mut TestRun| view(*run, *show));
    }
}

fn view(run: TestRun, show: Show) -> Result<Dynamic, Thrown> {
    let value = current::with(|stage| {
        let run = stage.runs.get(run.0);
        run.map(|run| show(stage, run)).unwrap_or_default()
    })?;
    Ok(to_script(&value)?)
}

/// The sends of a function: what it was given, by the names of its parameters.
fn sends(stage: &Stage, run: &Rehearsal, function: &str) -> Value {
    let sends = run
        .sends()
        .filter(|send| send.question.function == function);
    Value::Array(sends.map(|send| sent(stage, send)).collect())
}

fn sent(stage: &Stage, send: &SendRequest) -> Value {
    let descriptor = descriptor(stage, &send.question.function);
    let mut shown = named(descriptor, &send.arguments);
    let part = send.parts.first();
    shown.push((
        "key",
        part.map_or(Value::Unit, |part| Value::from(part.key.as_str())),
    ));
    // As the bytes have it that would leave.
    let text = part.map_or_else(String::new, |part| {
        String::from_utf8_lossy(&part.body).into_owned()
    });
    let json = serde_json::from_str(&text).map_or(Value::Unit, |json| Value::from_json(&json));
    shown.extend([
        ("json", json),
        ("text", Value::from(text)),
        ("line", line(send.line)),
    ]);
    map(shown)
}

/// The calls of these kinds: what each was given and answered.
fn calls(stage: &Stage, run: &Rehearsal, wanted: fn(StepKind) -> bool) -> Value {
    let steps = run.steps().map(|(_, step)| step);
    let steps = steps.filter(|step| wanted(step.kind));
    Value::Array(steps.map(|step| called(stage, step)).collect())
}

fn called(stage: &Stage, step: &StepRecord) -> Value {
    let function = step.question.function.as_str();
    let mut shown = named(descriptor(stage, function), &step.arguments);
    let method = function
        .rsplit("::")
        .next()
        .unwrap_or_default()
        .to_uppercase();
    let (answer, error) = match &step.answer {
        Some(Ok(answer)) => (answer.clone(), Value::Unit),
        Some(Err(error)) => (Value::Unit, error.to_value()),
        None => (Value::Unit, Value::Unit),
    };
    shown.extend([
        ("function", Value::from(function)),
        ("method", Value::from(method)),
        ("arguments", Value::Array(step.arguments.clone())),
        ("answer", answer),
        ("error", error),
        ("line", line(step.line)),
    ]);
    map(shown)
}

/// Arguments by the names of their parameters; `()` for those that were left out.
fn named(
    descriptor: Option<&FunctionDescriptor>,
    arguments: &[Value],
) -> Vec<(&'static str, Value)> {
    let parameters = descriptor.map_or(&[][..], |descriptor| descriptor.parameters);
    let given = arguments
        .iter()
        .cloned()
        .chain(std::iter::repeat(Value::Unit));
    parameters
        .iter()
        .map(|parameter| parameter.name)
        .zip(given)
        .collect()
}

fn descriptor<'a>(stage: &'a Stage, function: &str) -> Option<&'a FunctionDescriptor> {
    let functions = stage.engine.functions();
    functions.iter().find(|known| known.name == function)
}

fn logs(run: &Rehearsal) -> Vec<Value> {
    run.logs()
        .iter()
        .map(|logged| {
            map([
                ("level", Value::from(logged.level.as_str())),
                ("message", Value::from(logged.message.as_str())),
                ("fields", logged.fields.clone()),
                ("line", line(logged.line)),
            ])
        })
        .collect()
}

pub(super) fn line(line: Option<u32>) -> Value {
    line.map_or(Value::Unit, |line| Value::Int(i64::from(line)))
}

pub(super) fn map(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let members = members.into_iter();
    Value::Map(
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
