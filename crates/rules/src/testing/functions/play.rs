//! `trigger`, `advance` and their like: events come and time passes.

use std::sync::Arc;

use chrono::DateTime;
use cuebook_core::clock::{Timestamp, later};
use cuebook_core::event::{Event, Origin};
use cuebook_core::events::EventType;
use cuebook_core::ids::EventId;
use cuebook_core::value::Value;
use rhai::{Dynamic, Engine, Map, NativeCallContext};
use serde_json::json;

use crate::convert::{kind_of, to_value};
use crate::testing::answering::Caller;
use crate::testing::current;
use crate::testing::failure::{TestFailure, fail};
use crate::testing::run_view::TestRun;
use crate::testing::stage::Stage;
use crate::throw::Thrown;
use crate::types::Time;
use crate::{duration, suggest};

/// The options of `trigger`.
const OPTIONS: &[&str] = &["at", "origin"];

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("trigger", |context: NativeCallContext, name: &str| {
            trigger(&context, name, None, &Map::new())
        })
        .register_fn(
            "trigger",
            |context: NativeCallContext, name: &str, payload: Dynamic| {
                trigger(&context, name, Some(&payload), &Map::new())
            },
        )
        .register_fn(
            "trigger",
            |context: NativeCallContext, name: &str, payload: Dynamic, options: Map| {
                trigger(&context, name, Some(&payload), &options)
            },
        )
        .register_fn("advance", |context: NativeCallContext, by: &str| {
            act(&context, |stage, caller| {
                let by =
                    duration::parse(by).map_err(|error| TestFailure::new(error.to_string()))?;
                stage.pass_time(later(stage.world.now, by), caller)
            })
        })
        .register_fn("advance_to", |context: NativeCallContext, to: Dynamic| {
            act(&context, |stage, caller| {
                let to = moment(&to)?;
                advance_to(stage, to, caller)
            })
        })
        .register_fn("now", || current::now().map(Time))
        .register_fn("runs", || {
            current::with(|stage| {
                let runs = (0..stage.runs.len()).map(|at| Dynamic::from(TestRun(at)));
                Dynamic::from_array(runs.collect())
            })
        })
        .register_fn("with_rule", |context: NativeCallContext, name: &str| {
            act(&context, |stage, _| stage.with_rule(name))
        });
}

/// Lets `act` use the stage and the closures of the script.
fn act<R>(
    context: &NativeCallContext,
    act: impl FnOnce(&mut Stage, &mut Caller<'_>) -> Result<R, TestFailure>,
) -> Result<R, Thrown> {
    let mut stage = current::take_out().ok_or_else(|| fail(context, current::busy()))?;
    let parameters = Arc::clone(&stage.parameters);
    let mut caller = Caller {
        context,
        parameters: &parameters,
    };
    let done = act(&mut stage, &mut caller);
    current::put_back(stage);
    done.map_err(|failure| fail(context, failure))
}

fn trigger(
    context: &NativeCallContext,
    name: &str,
    payload: Option<&Dynamic>,
    options: &Map,
) -> Result<Dynamic, Thrown> {
    act(context, |stage, caller| {
        let (at, origin) = read(options)?;
        let body = body(name, payload)?;
        if let Some(at) = at {
            advance_to(stage, at, caller)?;
        }
        let event = event(stage, body, origin)?;
        let began = stage.trigger(event, caller)?;
        Ok(began
            .first()
            .map_or(Dynamic::UNIT, |at| Dynamic::from(TestRun(*at))))
    })
}

fn read(options: &Map) -> Result<(Option<Timestamp>, Origin), TestFailure> {
    for key in options.keys() {
        if !OPTIONS.contains(&key.as_str()) {
            let failure = TestFailure::new(format!("trigger has no option `{key}`"));
            return Err(match suggest::help(key, OPTIONS, "it has") {
                Some(help) => failure.with_help(help),
                None => failure,
            });
        }
    }
    let at = options.get("at").map(moment).transpose()?;
    let origin = match options.get("origin") {
        None => Origin::Webhook,
        Some(word) => {
            let text = word.clone().into_string().unwrap_or_default();
            Origin::from_word(&text).ok_or_else(|| {
                let words: Vec<&str> = Origin::ALL.iter().map(|origin| origin.as_str()).collect();
                TestFailure::new(format!("there is no origin {text:?}"))
                    .with_help(format!("there are `{}`", words.join("`, `")))
            })?
        }
    };
    Ok((at, origin))
}

/// The message that comes: with the example's payload where the test gives none.
fn body(name: &str, payload: Option<&Dynamic>) -> Result<Vec<u8>, TestFailure> {
    let Some(payload) = payload else {
        let event_type = EventType::from_wire(name);
        return event_type
            .descriptor()
            .map(|descriptor| descriptor.example.as_bytes().to_vec())
            .ok_or_else(|| {
                TestFailure::new(format!("there is no example of `{name}`"))
                    .with_help(format!("give the payload: `trigger(\"{name}\", #{{ … }})`"))
            });
    };
    match to_value(payload) {
        Ok(value @ Value::Map(_)) => Ok(json!({ "type": name, "payload": value.to_json() })
            .to_string()
            .into_bytes()),
        Ok(_) => Err(TestFailure::new(format!(
            "an event's payload is a map, not {}",
            kind_of(payload)
        ))),
        Err(error) => Err(TestFailure::new(error.to_string())),
    }
}

fn event(stage: &Stage, body: Vec<u8>, origin: Origin) -> Result<Event, TestFailure> {
    let now = stage.world.now;
    let id = EventId(stage.world.chance.uuid(now));
    Event::made(id, origin, body, now)
        .map_err(|error| TestFailure::new(format!("trigger: {error}")))
}

fn advance_to(
    stage: &mut Stage,
    to: Timestamp,
    caller: &mut Caller<'_>,
) -> Result<(), TestFailure> {
    if stage.is_untouched() {
        stage.world.now = to;
        return Ok(());
    }
    if to < stage.world.now {
        return Err(TestFailure::new(format!(
            "time does not run backwards: it is {} already",
            cuebook_core::value::rfc3339(stage.world.now)
        ))
        .with_help("set the clock before the first event"));
    }
    stage.pass_time(to, caller)
}

/// The moment that a time or a text means.
fn moment(value: &Dynamic) -> Result<Timestamp, TestFailure> {
    if let Some(time) = value.read_lock::<Time>() {
        return Ok(time.0);
    }
    let text = value.as_immutable_string_ref();
    let parsed = text
        .ok()
        .and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    parsed.map(|at| at.to_utc()).ok_or_else(|| {
        TestFailure::new("a moment is a time, or a text such as \"2026-03-01T12:00:00Z\"")
            .with_help("`time::parse(…)` reads other forms, and takes a time zone")
    })
}
