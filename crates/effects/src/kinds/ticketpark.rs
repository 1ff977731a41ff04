//! `ticketpark::get`, `list`, `post`, `patch`: the rest of Ticketpark's API by its paths.

use std::ops::ControlFlow;

use cuebook_core::Value;
use cuebook_core::failure::{AttemptError, CallError};
use cuebook_core::function::{
    Answer, FunctionDescriptor, FunctionKind, OptionKey, Parameter, ParameterKind,
};
use cuebook_ticketpark::{Client, Query};
use serde_json::Value as Json;

use super::kind::{Kind, Perform};
use crate::arguments::{self, Options, holds_secret};
use crate::effects::{Call, Outside};
use crate::ticketpark::{Records, pairs, pids_as_text, read_failure, with_fields, write_failure};

/// How many records a list has where the script does not say.
const MAX: i64 = 1_000;

/// The most that a script may ask for.
const MOST: i64 = 10_000;

const PATH: Parameter = Parameter {
    name: "path",
    kind: ParameterKind::Text,
    required: true,
    doc: "The path in Ticketpark's API, such as `/shows/5`.",
};

const QUERY: Parameter = Parameter {
    name: "query",
    kind: ParameterKind::Map,
    required: false,
    doc: "What stands behind the question mark; maps nest: `#{filters: #{lastname: \"Favre\"}, properties: [\"customer\"]}`.",
};

const BODY: Parameter = Parameter {
    name: "body",
    kind: ParameterKind::Any,
    required: true,
    doc: "A map, or an array of them for several records.",
};

const LIST_OPTIONS: &[OptionKey] = &[
    OptionKey {
        name: "max",
        kind: ParameterKind::Int,
        required: false,
        doc: "How many records at most: 1,000 if left out, 10,000 at most.",
    },
    OptionKey {
        name: "fields",
        kind: ParameterKind::Array,
        required: false,
        doc: "The fields that are kept of each record; all if left out.",
    },
];

/// `ticketpark::get`
pub(super) const GET: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "ticketpark::get",
        kind: FunctionKind::Read,
        parameters: &[PATH, QUERY],
        answer: Answer::Any,
        doc: "Reads from Ticketpark's API. Pids are strings in the answer. Every error status is thrown.",
        example: "let capacity = ticketpark::get(\"/shows/5eb2f8c2a1\", #{ properties: [\"capacity\"] });",
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(get(outside, call)),
        target,
        repeats: |_| true,
    },
};

/// `ticketpark::list`
pub(super) const LIST: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "ticketpark::list",
        kind: FunctionKind::Read,
        parameters: &[
            PATH,
            QUERY,
            Parameter {
                name: "options",
                kind: ParameterKind::Options(LIST_OPTIONS),
                required: false,
                doc: "How many records, and which of their fields.",
            },
        ],
        answer: Answer::Array,
        doc: "Reads a list from Ticketpark's API, all pages joined. The list is 1 MiB at most, counted after `fields` are applied.",
        example: "let bookings = ticketpark::list(\"/events/5eb2f8c2a1/bookings/\", #{ filters: #{ confirmation: true } }, #{\n    max: 200,\n    fields: [\"pid\", \"pid_readable\"],\n});",
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(list(outside, call)),
        target,
        repeats: |_| true,
    },
};

/// `ticketpark::post`
pub(super) const POST: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "ticketpark::post",
        kind: FunctionKind::Write,
        parameters: &[PATH, BODY],
        answer: Answer::Map,
        doc: "Makes a record in Ticketpark, or asks it to do something. Answers `#{status, headers, body, json}`, with `pid` \
              where a record was made. Every error status is thrown. Retried by itself only when nothing can have been \
              processed.",
        example: "ticketpark::post(\"/email/send\", #{ booking: event.payload.booking_pid, type: \"confirmation\" });",
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(write(outside, call, Verb::Post)),
        target,
        repeats: |_| false,
    },
};

/// `ticketpark::patch`
pub(super) const PATCH: Kind = Kind {
    descriptor: FunctionDescriptor {
        name: "ticketpark::patch",
        kind: FunctionKind::Write,
        parameters: &[PATH, BODY],
        answer: Answer::Map,
        doc: "Edits a record in Ticketpark. Answers and retries like `ticketpark::post`.",
        example: "ticketpark::patch(`/persons/${event.payload.person_pid}`, #{ newsletter: false });",
    },
    perform: Perform::Call {
        run: |outside, call| Box::pin(write(outside, call, Verb::Patch)),
        target,
        repeats: |_| false,
    },
};

enum Verb {
    Post,
    Patch,
}

/// Ticketpark's client, or an error that says how to get one.
pub(super) fn client(outside: &Outside) -> Result<&Client, AttemptError> {
    outside.ticketpark.as_deref().ok_or_else(|| {
        AttemptError::fail(CallError::new(
            "not_configured",
            "Ticketpark's API is not configured: set ticketpark.client_key and the others, then run `cuebook login ticketpark`",
        ))
    })
}

async fn get(outside: &Outside, call: &Call<'_>) -> Result<Value, AttemptError> {
    let path = arguments::text(call.arguments, 0, "path").map_err(AttemptError::fail)?;
    let query = pairs(call.arguments.get(1)).map_err(AttemptError::fail)?;
    let answer = client(outside)?
        .get(path, &query)
        .await
        .map_err(|error| read_failure(&error))?;
    Ok(pids_as_text(&answer))
}

async fn list(outside: &Outside, call: &Call<'_>) -> Result<Value, AttemptError> {
    let path = arguments::text(call.arguments, 0, "path").map_err(AttemptError::fail)?;
    let query = pairs(call.arguments.get(1)).map_err(AttemptError::fail)?;
    let options =
        Options::check(call.arguments.get(2), LIST_OPTIONS).map_err(AttemptError::fail)?;
    let max = max(options).map_err(AttemptError::fail)?;
    let fields = options.get("fields").and_then(Value::as_array);
    let query = query
        .into_iter()
        .fold(Query::new(), |query, (name, value)| {
            query.parameter(name, value)
        });
    let mut records = Records::default();
    let keep = |record: Json| match records.add(with_fields(pids_as_text(&record), fields)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    };
    match client(outside)?.for_each(path, &query, max, keep).await {
        Ok(ControlFlow::Continue(())) => Ok(records.into_value()),
        Ok(ControlFlow::Break(error)) => Err(error),
        Err(error) => Err(read_failure(&error)),
    }
}

async fn write(outside: &Outside, call: &Call<'_>, verb: Verb) -> Result<Value, AttemptError> {
    let path = arguments::text(call.arguments, 0, "path").map_err(AttemptError::fail)?;
    let body = body(call.arguments.get(1)).map_err(AttemptError::fail)?;
    let client = client(outside)?;
    let answer = match verb {
        Verb::Post => client.post(path, &body).await,
        Verb::Patch => client.patch(path, &body).await,
    };
    answer
        .map(|answer| pids_as_text(&answer))
        .map_err(|error| write_failure(&error))
}

fn body(value: Option<&Value>) -> Result<Json, CallError> {
    match value {
        Some(value) if holds_secret(value) => {
            Err(CallError::invalid("a secret cannot stand in a body"))
        }
        Some(value @ (Value::Map(_) | Value::Array(_))) => Ok(value.to_json()),
        Some(other) => Err(CallError::invalid(format!(
            "a body for Ticketpark is a map or an array, not {}",
            other.kind()
        ))),
        None => Err(CallError::invalid("body is missing")),
    }
}

fn max(options: Options<'_>) -> Result<usize, CallError> {
    let max = options.get("max").and_then(Value::as_int).unwrap_or(MAX);
    usize::try_from(max)
        .ok()
        .filter(|_| (1..=MOST).contains(&max))
        .ok_or_else(|| CallError::invalid(format!("max is a number from 1 to {MOST}, not {max}")))
}

fn target(arguments: &[Value]) -> String {
    let path = arguments
        .first()
        .and_then(Value::as_text)
        .unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    format!("Ticketpark {path}")
}
