//! The small things that rows are made of.

use crate::error::StoreError;

/// The value of a stored word.
pub(crate) fn word<T>(
    what: &'static str,
    text: &str,
    from: fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    from(text).ok_or_else(|| StoreError::unreadable(what, text))
}

/// A stored number that is never negative.
pub(crate) fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
