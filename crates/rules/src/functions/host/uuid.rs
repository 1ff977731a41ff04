//! `uuid()`: a fresh id, the same in each replay.

use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind};

use crate::host::function::{Function, Source};

/// `uuid()`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "uuid",
        kind: FunctionKind::Local,
        parameters: &[],
        answer: Answer::Text,
        doc: "A fresh UUID (version 7). It is journaled: however often the script is replayed, it stays the same.",
        example: "let reference = uuid();",
    },
    source: Source::Here(|moment, _| Ok(moment.chance.uuid(moment.now).to_string().into())),
};
