//! `state::get`, `state::set`, `state::incr`, `state::remove`: what a rule remembers from one run to the next.

use cuebook_core::failure::CallError;
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind, Prepare,
};
use cuebook_core::limits;
use cuebook_core::send::{PreparedSend, Route};
use cuebook_core::state::{StateChange, StateWrite};
use cuebook_core::value::Value;

use crate::host::function::{Function, Source};
use crate::host::remember::scope_of;

const KEY: Parameter = Parameter {
    name: "key",
    kind: ParameterKind::Text,
    required: true,
    doc: "Its name: up to 200 bytes.",
};

const SCOPE: Parameter = Parameter {
    name: "scope",
    kind: ParameterKind::Text,
    required: false,
    doc: "Who shares it: `\"subject\"` (the default), the runs of this rule for the same booking or person; `\"rule\"`, all \
          runs of this rule; `\"shared\"`, all rules.",
};

/// `state::get(key, default, scope)`.
pub(crate) const GET: Function = Function {
    descriptor: FunctionDescriptor {
        name: "state::get",
        kind: FunctionKind::Local,
        parameters: &[
            KEY,
            Parameter {
                name: "default",
                kind: ParameterKind::Any,
                required: false,
                doc: "What it gives back where nothing is remembered; `()` if left out.",
            },
            SCOPE,
        ],
        answer: Answer::Any,
        doc: "What is remembered under a key. It sees what this run itself has set, counted or removed before.",
        example: "let seen = state::get(\"seen\", 0);",
    },
    source: Source::State,
};

/// `state::set(key, value, scope)`.
pub(crate) const SET: Function = change(
    "state::set",
    &[
        KEY,
        Parameter {
            name: "value",
            kind: ParameterKind::Any,
            required: true,
            doc: "What to remember: anything but a secret, up to 64 KiB.",
        },
        SCOPE,
    ],
    "Remembers a value under a key, once the run's segment has ended: a run that fails before changes nothing. In the scopes \
     that several runs share at a time, the last one wins.",
    "state::set(\"last_amount\", event.payload.amount);",
    |_, arguments| prepare(arguments, 2, set),
);

/// `state::incr(key, by, scope)`.
pub(crate) const INCR: Function = change(
    "state::incr",
    &[
        KEY,
        Parameter {
            name: "by",
            kind: ParameterKind::Int,
            required: false,
            doc: "How much to add; 1 if left out. It may be negative.",
        },
        SCOPE,
    ],
    "Adds to the whole number that is remembered under a key, or to zero, once the run's segment has ended. However many \
     runs do so at a time, each is counted.",
    "state::incr(\"bookings\", 1, \"rule\");",
    |_, arguments| prepare(arguments, 2, add),
);

/// `state::remove(key, scope)`.
pub(crate) const REMOVE: Function = change(
    "state::remove",
    &[KEY, SCOPE],
    "Forgets what is remembered under a key, once the run's segment has ended.",
    "state::remove(\"seen\");",
    |_, arguments| prepare(arguments, 1, |_| Ok(StateChange::Remove)),
);

const fn change(
    name: &'static str,
    parameters: &'static [Parameter],
    doc: &'static str,
    example: &'static str,
    prepare: Prepare,
) -> Function {
    Function {
        descriptor: FunctionDescriptor {
            name,
            kind: FunctionKind::Send(prepare),
            parameters,
            answer: Answer::Unit,
            doc,
            example,
        },
        source: Source::State,
    }
}

/// The send that a change is. The scope is the argument at `scope_at`.
fn prepare(
    arguments: &[Value],
    scope_at: usize,
    change: fn(&[Value]) -> Result<StateChange, CallError>,
) -> Result<Vec<PreparedSend>, CallError> {
    let write = StateWrite {
        scope: scope_of(arguments.get(scope_at))?,
        key: key(arguments)?.to_owned(),
        change: change(arguments)?,
    };
    let envelope =
        serde_json::to_value(&write).map_err(|error| CallError::invalid(error.to_string()))?;
    Ok(vec![PreparedSend {
        part: 0,
        route: Route::State,
        target: write.key,
        key: String::new(),
        envelope,
        body: Vec::new(),
    }])
}

/// The key among a call's arguments.
pub(crate) fn key(arguments: &[Value]) -> Result<&str, CallError> {
    let key = arguments
        .first()
        .and_then(Value::as_text)
        .unwrap_or_default();
    if key.is_empty() || key.len() > limits::STATE_KEY || key.contains('\0') {
        return Err(CallError::invalid(format!(
            "a key has 1 to {} bytes, none of them zero",
            limits::STATE_KEY
        )));
    }
    Ok(key)
}

fn set(arguments: &[Value]) -> Result<StateChange, CallError> {
    let value = arguments.get(1).cloned().unwrap_or_default();
    let bytes = serde_json::to_vec(&value).map_or(usize::MAX, |json| json.len());
    if bytes > limits::STATE_VALUE {
        return Err(CallError::invalid(format!(
            "state::set: the value has {bytes} bytes, and {} KiB can be remembered under a key",
            limits::STATE_VALUE / 1024
        )));
    }
    Ok(StateChange::Set(value))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is one way to read a change among others"
)]
fn add(arguments: &[Value]) -> Result<StateChange, CallError> {
    Ok(StateChange::Add(
        arguments.get(1).and_then(Value::as_int).unwrap_or(1),
    ))
}
