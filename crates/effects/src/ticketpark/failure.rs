//! What a failed request to Ticketpark means.

use std::error::Error as _;

use cuebook_core::failure::{AttemptError, CallError};
use cuebook_ticketpark::Error;

use crate::http::excerpt;

/// What a failed read means: it may be repeated whatever happened.
pub(crate) fn read_failure(error: &Error) -> AttemptError {
    let call_error = call_error(error);
    let failure = if error.is_transient() {
        AttemptError::retry(call_error, error.retry_after())
    } else {
        AttemptError::fail(call_error)
    };
    with_answer(failure, error)
}

/// What a failed write means: it is repeated only when nothing can have been processed.
pub(crate) fn write_failure(error: &Error) -> AttemptError {
    let mut call_error = call_error(error);
    let unprocessed = match error.status() {
        Some(status) => matches!(status, 429 | 503),
        None => error.is_transient() && !error.was_processed_possibly(),
    };
    let failure = if unprocessed {
        AttemptError::retry(call_error, error.retry_after())
    } else if error.was_processed_possibly() {
        if error.status().is_none() {
            "unknown".clone_into(&mut call_error.kind);
        }
        call_error
            .message
            .push_str("; nobody can know whether it was processed");
        AttemptError::unknown(call_error)
    } else {
        AttemptError::fail(call_error)
    };
    with_answer(failure, error)
}

fn call_error(error: &Error) -> CallError {
    let kind = match error {
        Error::NotLoggedIn | Error::Refused { .. } => "not_logged_in",
        Error::Connect(_) | Error::Token(_) | Error::TokenStore(_) => "connect",
        Error::Timeout(_) => "timeout",
        Error::TooLarge => "too_large",
        Error::Request(_) => "invalid",
        error if error.status().is_some() => "status",
        _ => "lost",
    };
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message.push_str(": ");
        message.push_str(&cause.to_string());
        source = cause.source();
    }
    let call_error = CallError::new(kind, message);
    match error.status() {
        Some(status) => call_error.with_status(status),
        None => call_error,
    }
}

fn with_answer(failure: AttemptError, error: &Error) -> AttemptError {
    match error.answer().and_then(|answer| excerpt(answer.as_bytes())) {
        Some(answer) => failure.with_answer(answer),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use cuebook_core::failure::Decision;

    use super::*;

    #[test]
    fn a_write_is_repeated_only_when_nothing_was_processed() {
        let decision = |error: Error| write_failure(&error).decision;
        let again = Decision::Retry { after: None };
        assert_eq!(decision(Error::Connect("x".into())), again);
        assert_eq!(
            decision(Error::Token(std::sync::Arc::new(Error::Timeout(
                "x".into()
            )))),
            again
        );
        assert_eq!(decision(Error::Timeout("x".into())), Decision::Unknown);
        assert_eq!(decision(Error::Interrupted("x".into())), Decision::Unknown);
        assert_eq!(decision(Error::NotFound), Decision::Fail);
        assert_eq!(decision(Error::NotLoggedIn), Decision::Fail);
    }

    #[test]
    fn a_read_is_repeated_after_every_passing_trouble() {
        let decision = |error: Error| read_failure(&error).decision;
        let again = Decision::Retry { after: None };
        assert_eq!(decision(Error::Timeout("x".into())), again);
        assert_eq!(decision(Error::Interrupted("x".into())), again);
        assert_eq!(decision(Error::NotFound), Decision::Fail);
        let failure = read_failure(&Error::NotFound);
        assert_eq!(
            (failure.error.kind.as_str(), failure.error.status),
            ("status", Some(404))
        );
    }
}
