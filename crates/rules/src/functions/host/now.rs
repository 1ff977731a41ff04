//! `now()`: the present moment, the same in each replay.

use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind};
use cuebook_core::value::Value;

use crate::host::function::{Function, Source};

/// `now()`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "now",
        kind: FunctionKind::Local,
        parameters: &[],
        answer: Answer::Time,
        doc: "The present moment. It is journaled: however often the script is replayed, it stays what it was when the \
              script first came here.",
        example: "let asked_at = now();",
    },
    source: Source::Here(|moment, _| Ok(Value::Time(moment.now))),
};
