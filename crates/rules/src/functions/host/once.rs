//! `once(key)`: whether this run is the one that does something.

use cuebook_core::function::{Answer, FunctionDescriptor, FunctionKind, Parameter, ParameterKind};

use crate::host::function::{Function, Source};

/// `once(key, length)`.
pub(crate) const FUNCTION: Function = Function {
    descriptor: FunctionDescriptor {
        name: "once",
        kind: FunctionKind::Local,
        parameters: &[
            Parameter {
                name: "key",
                kind: ParameterKind::Text,
                required: true,
                doc: "What is done once: up to 200 bytes. Each rule has keys of its own.",
            },
            Parameter {
                name: "length",
                kind: ParameterKind::Duration,
                required: false,
                doc: "For how long the key stays taken, such as \"30d\"; for good if left out.",
            },
        ],
        answer: Answer::Bool,
        doc: "Takes a key for this run, at once and for all others to see. `true` if it has it now, however often it asks; \
              `false` while another run has it. It is free again when its time is over, and when the run that has it \
              fails or is cancelled.",
        example: "if !once(`welcome-${event.payload.person_pid}`, \"30d\") { skip(\"welcomed already\"); }",
    },
    source: Source::Claim,
};
