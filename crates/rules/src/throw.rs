//! How a function throws into a script: always the map `#{kind, message, status, attempts}`.

#![expect(
    clippy::unnecessary_box_returns,
    reason = "a boxed error is what Rhai's functions give back"
)]

use cuebook_core::failure::CallError;
use rhai::{Dynamic, EvalAltResult, NativeCallContext, Position};

use crate::convert::{ConvertError, to_dynamic};

/// What Rhai calls an error.
pub(crate) type Thrown = Box<EvalAltResult>;

/// `error` as the script catches it. Rhai fills in the place of the call.
pub(crate) fn throw(error: &CallError) -> Thrown {
    EvalAltResult::ErrorRuntime(to_dynamic(&error.to_value()), Position::NONE).into()
}

/// The same with the place of the call, which Rhai does not fill in for functions with a namespace.
pub(crate) fn at(context: &NativeCallContext, mut error: Thrown) -> Thrown {
    if error.position().is_none() {
        error.set_position(context.call_position());
    }
    error
}

/// An argument that cannot be used, as the script catches it.
pub(crate) fn invalid(message: impl Into<String>) -> Thrown {
    throw(&CallError::invalid(message))
}

/// What ends the evaluation and cannot be caught. The reason stands in the host or the gauge.
pub(crate) fn halt() -> Thrown {
    EvalAltResult::ErrorTerminated(Dynamic::UNIT, Position::NONE).into()
}

impl From<ConvertError> for Thrown {
    fn from(error: ConvertError) -> Self {
        throw(&error.into())
    }
}
