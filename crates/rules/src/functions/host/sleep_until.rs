//! `sleep_until(time)`: waits for an instant.

use cuebook_core::clock::Timestamp;
use cuebook_core::failure::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};
use cuebook_core::value::Value;

use crate::host::function::{Function, Source, Wait};

/// `sleep_until(time)`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "sleep_until",
        kind: FunctionKind::Wait,
        parameters: &[Parameter {
            name: "time",
            kind: ParameterKind::Time,
            required: true,
            doc: "Until when.",
        }],
        answer: Answer::Map,
        doc: "Waits for an instant; one that is past already is answered at once. What the script sent so far goes \
              out before. Gives back `#{late}`: by how many whole seconds it woke later. Not inside of parallel.",
        example: "let woken = sleep_until(time::at(event.received_at, \"09:00\"));\nif woken.late > 3600 { skip(\"too late for a morning mail\"); }",
    },
    source: Source::Later(Wait { due, answer }),
};

fn due(_now: Timestamp, arguments: &[Value]) -> Result<Timestamp, CallError> {
    match arguments.first() {
        Some(Value::Time(until)) => Ok(*until),
        _ => Err(CallError::invalid("sleep_until needs a time")),
    }
}

fn answer(due: Timestamp, now: Timestamp) -> Value {
    Value::from([("late", Value::Int((now - due).num_seconds().max(0)))])
}
