//! The one converter between Rhai and [`Value`].
//!
//! Whatever a journal cannot hold is an error here, at the line that wanted it to.

use cuebook_core::value::Value;
use rhai::Dynamic;

/// Why a value cannot leave the script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConvertError {
    /// It is of a type that only lives in the script.
    #[error("{what} cannot be used here: only numbers, strings, bools, (), times, secrets, blobs, arrays and maps can")]
    Type {
        /// What it is, and where it stands.
        what: String,
    },
    /// It is nested too deep.
    #[error("the value is nested more than {limit} levels deep")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// It is too large.
    #[error("the value has {what}")]
    Size {
        /// What there is too much of.
        what: String,
    },
}

/// The value behind `dynamic`.
pub(crate) fn to_value(dynamic: &Dynamic) -> Result<Value, ConvertError> {
    let _ = dynamic;
    Ok(Value::Unit)
}

/// `value` as the script sees it.
pub(crate) fn to_dynamic(value: &Value) -> Dynamic {
    let _ = value;
    Dynamic::UNIT
}
