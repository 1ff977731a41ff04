//! `sleep("3d")`: waits; a sleeping run costs a row.

use cuebook_core::clock::Timestamp;
use cuebook_core::failure::CallError;
use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};
use cuebook_core::value::Value;

use crate::duration;
use crate::host::function::{Function, Source, Wait};

/// `sleep(length)`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "sleep",
        kind: FunctionKind::Wait,
        parameters: &[Parameter {
            name: "length",
            kind: ParameterKind::Duration,
            required: true,
            doc: "How long: a whole number and a unit, such as \"30s\", \"5m\", \"2h\", \"14d\" or \"1w\".",
        }],
        answer: Answer::Unit,
        doc: "Waits. What the script sent so far goes out before. A sleeping run costs a row in the database and \
              nothing else, and survives a restart. Not inside of parallel.",
        example: "sleep(\"3d\");",
    },
    source: Source::Later(Wait {
        due,
        answer: |_, _| Value::Unit,
    }),
};

fn due(now: Timestamp, arguments: &[Value]) -> Result<Timestamp, CallError> {
    later(now, arguments.first())
}

/// The instant that lies `length` after `now`.
pub(crate) fn later(now: Timestamp, length: Option<&Value>) -> Result<Timestamp, CallError> {
    let text = length.and_then(Value::as_text).unwrap_or_default();
    let length = duration::parse(text).map_err(|error| CallError::invalid(error.to_string()))?;
    chrono::TimeDelta::from_std(length)
        .ok()
        .and_then(|length| now.checked_add_signed(length))
        .ok_or_else(|| CallError::invalid("no calendar reaches that far"))
}
