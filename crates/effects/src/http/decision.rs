//! What the outcome of an exchange means: the answer, or what is to be done.
//!
//! A call that may be repeated is tried again after every passing trouble. One that may not is tried again only when
//! nothing can have been processed; where that cannot be known, the attempt is unknown and no further one is made.

use std::time::Duration;

use cuebook_core::Timestamp;
use cuebook_core::failure::{AttemptError, CallError, Decision};
use reqwest::Method;

use super::answer::Exchange;
use super::failure::Failure;
use super::retry_after;

/// How far a request may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Whatever happened to the attempt before.
    Always,
    /// Only when nothing can have been processed.
    Unprocessed,
    /// Not at all.
    Never,
}

impl Repeat {
    /// By the option `retry`, else by the method.
    pub(crate) fn of(method: &Method, option: Option<&str>) -> Result<Self, CallError> {
        match option {
            Some("always") => Ok(Self::Always),
            Some("safe") => Ok(Self::Unprocessed),
            Some("never") => Ok(Self::Never),
            Some(other) => Err(CallError::invalid(format!(
                "retry is \"safe\", \"always\" or \"never\", not {other:?}"
            ))),
            None if *method == Method::POST || *method == Method::PATCH => Ok(Self::Unprocessed),
            None => Ok(Self::Always),
        }
    }
}

/// The answer of a call, or its failure with the decision. Statuses that are no trouble are answers, also 4xx.
pub(crate) fn judge(
    outcome: Result<Exchange, Failure>,
    repeat: Repeat,
    to: &str,
    now: Timestamp,
) -> Result<Exchange, AttemptError> {
    let exchange = outcome.map_err(|failure| lost_or_refused(failure, repeat, to))?;
    if !is_trouble(exchange.status) {
        return Ok(exchange);
    }
    let not_processed = matches!(exchange.status, 429 | 503);
    let decision = match repeat {
        Repeat::Always => Again::Yes,
        Repeat::Unprocessed if not_processed => Again::Yes,
        Repeat::Never if not_processed => Again::No,
        // It may have been processed before the trouble came, and nobody but the other side can know.
        Repeat::Unprocessed | Repeat::Never => Again::Unknown,
    };
    Err(by_status(&exchange, decision, to, now))
}

/// Whether another attempt is to be made after an answer that is trouble.
#[derive(Debug, Clone, Copy)]
enum Again {
    Yes,
    No,
    Unknown,
}

/// The answer of a send, or its failure with the decision: 2xx is done, another answer is final unless it is a passing
/// trouble.
pub(crate) fn judge_send(
    outcome: Result<Exchange, Failure>,
    to: &str,
    now: Timestamp,
) -> Result<Exchange, AttemptError> {
    // An outcome that nobody can know is recorded as such, though it is sent again.
    let exchange = outcome.map_err(|failure| lost_or_refused(failure, Repeat::Unprocessed, to))?;
    if (200..300).contains(&exchange.status) {
        return Ok(exchange);
    }
    let again = if is_trouble(exchange.status) {
        Again::Yes
    } else {
        Again::No
    };
    Err(by_status(&exchange, again, to, now))
}

/// The answer of a delivery to an endpoint, or its failure with the decision: 2xx is done and 410 is final. After anything
/// else it is tried again, since a person may set right what is wrong there.
pub(crate) fn judge_delivery(
    outcome: Result<Exchange, Failure>,
    to: &str,
    now: Timestamp,
) -> Result<Exchange, AttemptError> {
    let outcome = match outcome {
        // Its status says it all.
        Err(Failure::TooLarge { status, .. }) => Ok(Exchange::without_body(status)),
        outcome => outcome,
    };
    let exchange = outcome.map_err(|failure| {
        let mut failed = lost_or_refused(failure, Repeat::Unprocessed, to);
        if failed.decision == Decision::Fail {
            failed.decision = Decision::Retry { after: None };
        }
        failed
    })?;
    match exchange.status {
        200..=299 => Ok(exchange),
        410 => Err(by_status(&exchange, Again::No, to, now)),
        _ => Err(by_status(&exchange, Again::Yes, to, now)),
    }
}

/// Whether a status says that another attempt may go better.
pub(super) fn is_trouble(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

fn by_status(exchange: &Exchange, again: Again, to: &str, now: Timestamp) -> AttemptError {
    let status = exchange.status;
    let error = CallError::new("status", format!("{to} answered {status}")).with_status(status);
    let failure = match again {
        Again::Yes => AttemptError::retry(error, retry_after(exchange, now)),
        Again::No => AttemptError::fail(error),
        Again::Unknown => AttemptError::unknown(error),
    };
    match exchange.excerpt() {
        Some(answer) => failure.with_answer(answer),
        None => failure,
    }
}

fn retry_after(exchange: &Exchange, now: Timestamp) -> Option<Duration> {
    retry_after::parse(exchange.headers.get("retry-after")?, now)
}

fn lost_or_refused(failure: Failure, repeat: Repeat, to: &str) -> AttemptError {
    let message = format!("{to}: {failure}");
    match failure {
        Failure::Invalid(_) => AttemptError::fail(CallError::new("invalid", message)),
        Failure::Refused(refused) => {
            AttemptError::fail(CallError::new("refused", refused.to_string()))
        }
        Failure::NoSecret(_) => AttemptError::fail(CallError::new("secret", failure.to_string())),
        Failure::TooLarge { status, .. } => {
            let error = CallError::new("too_large", message).with_status(status);
            match repeat {
                Repeat::Always => AttemptError::fail(error),
                // It was processed, but how it went stands in the answer that was not read.
                Repeat::Unprocessed | Repeat::Never => AttemptError::unknown(error),
            }
        }
        Failure::NotSent { kind, .. } => {
            let error = CallError::new(kind, message);
            if repeat == Repeat::Never {
                AttemptError::fail(error)
            } else {
                AttemptError::retry(error, None)
            }
        }
        Failure::Lost { kind, .. } if repeat == Repeat::Always => {
            AttemptError::retry(CallError::new(kind, message), None).doubtful()
        }
        Failure::Lost { .. } => AttemptError::unknown(CallError::new(
            "unknown",
            format!("{message}; nobody can know whether it was processed"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cuebook_core::failure::Decision;

    use super::*;
    use crate::http::mask::Mask;

    const AGAIN: Decision = Decision::Retry { after: None };

    fn decide(outcome: Result<u16, Failure>, repeat: Repeat) -> Option<(Decision, String)> {
        judge(
            outcome.map(answered),
            repeat,
            "https://a.example/",
            Timestamp::default(),
        )
        .err()
        .map(|error| (error.decision, error.error.kind))
    }

    fn answered(status: u16) -> Exchange {
        Exchange {
            status,
            headers: BTreeMap::new(),
            body: b"why".to_vec(),
            mask: Mask::default(),
        }
    }

    fn delivered(outcome: Result<Exchange, Failure>) -> Option<Decision> {
        let judged = judge_delivery(outcome, "https://a.example/", Timestamp::default());
        judged.err().map(|error| error.decision)
    }

    #[test]
    fn a_delivery_is_tried_again_after_anything_but_success_and_gone() {
        assert_eq!(delivered(Ok(answered(204))), None);
        for status in [301, 400, 401, 404, 429, 500] {
            assert_eq!(delivered(Ok(answered(status))), Some(AGAIN), "{status}");
        }
        assert_eq!(delivered(Ok(answered(410))), Some(Decision::Fail));
        assert_eq!(delivered(Err(not_sent("connect"))), Some(AGAIN));
        let invalid = Failure::Invalid("a header".to_owned());
        assert_eq!(delivered(Err(invalid)), Some(AGAIN));
        assert_eq!(
            delivered(Err(lost("timeout"))),
            Some(Decision::Unknown),
            "it is sent again, and said to be doubtful"
        );
        let too_large = |status| Failure::TooLarge { status, limit: 1 };
        assert_eq!(delivered(Err(too_large(200))), None);
        assert_eq!(delivered(Err(too_large(410))), Some(Decision::Fail));
    }

    fn not_sent(kind: &'static str) -> Failure {
        Failure::NotSent {
            kind,
            detail: String::new(),
        }
    }

    fn lost(kind: &'static str) -> Failure {
        Failure::Lost {
            kind,
            detail: String::new(),
        }
    }

    #[test]
    fn the_method_decides_unless_the_option_does() {
        let of = |method: Method, option| Repeat::of(&method, option).unwrap();
        assert_eq!(of(Method::GET, None), Repeat::Always);
        assert_eq!(of(Method::PUT, None), Repeat::Always);
        assert_eq!(of(Method::DELETE, None), Repeat::Always);
        assert_eq!(of(Method::POST, None), Repeat::Unprocessed);
        assert_eq!(of(Method::PATCH, None), Repeat::Unprocessed);
        assert_eq!(of(Method::POST, Some("always")), Repeat::Always);
        assert_eq!(of(Method::PUT, Some("safe")), Repeat::Unprocessed);
        assert_eq!(of(Method::GET, Some("never")), Repeat::Never);
        assert!(Repeat::of(&Method::GET, Some("sometimes")).is_err());
    }

    #[test]
    fn other_statuses_are_answers() {
        for status in [200, 204, 301, 400, 404, 409, 410, 422] {
            assert_eq!(decide(Ok(status), Repeat::Unprocessed), None, "{status}");
        }
    }

    #[test]
    fn what_may_be_repeated_is_tried_again_after_every_trouble() {
        for status in [408, 425, 429, 500, 502, 503, 504, 599] {
            assert_eq!(
                decide(Ok(status), Repeat::Always).unwrap().0,
                AGAIN,
                "{status}"
            );
        }
        for failure in [
            not_sent("dns"),
            not_sent("connect"),
            not_sent("tls"),
            lost("timeout"),
            lost("lost"),
        ] {
            assert_eq!(decide(Err(failure), Repeat::Always).unwrap().0, AGAIN);
        }
    }

    #[test]
    fn a_repeated_attempt_is_doubtful_where_the_one_before_may_have_been_processed() {
        let doubtful = |failure| {
            let judged = judge(
                Err(failure),
                Repeat::Always,
                "https://a.example/",
                Timestamp::default(),
            );
            judged.unwrap_err().doubtful
        };
        assert!(doubtful(lost("timeout")));
        assert!(!doubtful(not_sent("connect")));
    }

    #[test]
    fn what_may_not_be_repeated_is_tried_again_only_when_nothing_was_processed() {
        for failure in [not_sent("dns"), not_sent("connect"), not_sent("tls")] {
            assert_eq!(decide(Err(failure), Repeat::Unprocessed).unwrap().0, AGAIN);
        }
        for status in [429, 503] {
            assert_eq!(decide(Ok(status), Repeat::Unprocessed).unwrap().0, AGAIN);
        }
        for status in [408, 425, 500, 502, 504] {
            let (decision, kind) = decide(Ok(status), Repeat::Unprocessed).unwrap();
            assert_eq!(
                (decision, kind.as_str()),
                (Decision::Unknown, "status"),
                "{status}"
            );
        }
        for failure in [lost("timeout"), lost("lost")] {
            let (decision, kind) = decide(Err(failure), Repeat::Unprocessed).unwrap();
            assert_eq!((decision, kind.as_str()), (Decision::Unknown, "unknown"));
        }
    }

    #[test]
    fn never_means_one_attempt_but_an_unknown_outcome_stays_unknown() {
        assert_eq!(decide(Ok(503), Repeat::Never).unwrap().0, Decision::Fail);
        assert_eq!(
            decide(Err(not_sent("connect")), Repeat::Never).unwrap().0,
            Decision::Fail
        );
        assert_eq!(
            decide(Err(lost("timeout")), Repeat::Never).unwrap().0,
            Decision::Unknown
        );
    }

    #[test]
    fn a_send_is_done_by_2xx_and_refused_by_the_rest_that_is_no_passing_trouble() {
        let decide = |status| {
            judge_send(
                Ok(answered(status)),
                "https://a.example/",
                Timestamp::default(),
            )
            .err()
            .map(|error| error.decision)
        };
        assert_eq!(decide(204), None);
        for status in [301, 400, 401, 404, 410] {
            assert_eq!(decide(status), Some(Decision::Fail), "{status}");
        }
        for status in [408, 425, 429, 500, 503] {
            assert_eq!(decide(status), Some(AGAIN), "{status}");
        }
    }

    #[test]
    fn the_answer_is_kept_for_the_ledger_and_the_pause_is_obeyed() {
        let mut exchange = answered(429);
        exchange
            .headers
            .insert("retry-after".to_owned(), "7".to_owned());
        let error = judge(
            Ok(exchange),
            Repeat::Always,
            "https://a.example/",
            Timestamp::default(),
        )
        .unwrap_err();
        assert_eq!(error.answer.as_deref(), Some("why"));
        assert_eq!(error.error.message, "https://a.example/ answered 429");
        assert_eq!(error.error.status, Some(429));
        assert_eq!(
            error.decision,
            Decision::Retry {
                after: Some(Duration::from_secs(7))
            }
        );
    }
}
