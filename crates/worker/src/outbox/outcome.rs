//! What an attempt at a send comes to. Sends are at least once: what nobody can know is recorded as doubtful, and repeated.

use cuebook_core::clock::{Timestamp, later};
use cuebook_core::effect::{Attempt, AttemptOutcome};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::{CallError, retry};
use cuebook_effects::Delivered;
use cuebook_store::SettledAs;

/// What an attempt at a send comes to. Sends are at least once: one whose outcome nobody can know is recorded as
/// doubtful, and repeated.
pub(super) fn settle(
    outcome: Result<Delivered, AttemptError>,
    number: u32,
    (started_at, ended_at): (Timestamp, Timestamp),
    fraction: f64,
) -> (SettledAs, Attempt) {
    let again = |after| {
        retry::send_pause(number, after, fraction)
            .map(|pause| SettledAs::RetryAt(later(ended_at, pause)))
    };
    let attempt = |outcome, status, error, answer| Attempt {
        number,
        started_at,
        ended_at,
        outcome,
        status,
        error,
        answer,
    };
    match outcome {
        Ok(Delivered { status, answer }) => (
            SettledAs::Done,
            attempt(AttemptOutcome::Done, status, None, answer),
        ),
        Err(AttemptError {
            error,
            decision,
            answer,
            ..
        }) => {
            let (settled, outcome) = match decision {
                Decision::Fail => (SettledAs::Failed, AttemptOutcome::Failed),
                Decision::Retry { after } => match again(after) {
                    Some(settled) => (settled, AttemptOutcome::Retry),
                    None => (SettledAs::Failed, AttemptOutcome::Failed),
                },
                Decision::Unknown => (
                    again(None).unwrap_or(SettledAs::Unknown),
                    AttemptOutcome::Unknown,
                ),
            };
            let CallError {
                message, status, ..
            } = error;
            (settled, attempt(outcome, status, Some(message), answer))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn judge(outcome: Result<Delivered, AttemptError>, number: u32) -> (SettledAs, Attempt) {
        settle(outcome, number, (AT, AT), 0.5)
    }

    fn error() -> CallError {
        CallError::new("smtp", "451 try again later").with_status(451)
    }

    fn in_seconds(seconds: u64) -> SettledAs {
        SettledAs::RetryAt(later(AT, Duration::from_secs(seconds)))
    }

    #[test]
    fn a_delivered_send_is_done() {
        let delivered = Delivered {
            status: Some(250),
            answer: None,
        };
        let (settled, attempt) = judge(Ok(delivered), 1);
        assert_eq!(settled, SettledAs::Done);
        assert_eq!((attempt.number, attempt.status), (1, Some(250)));
    }

    #[test]
    fn a_passing_failure_is_tried_again_until_the_attempts_are_used_up() {
        let outcome = || Err(AttemptError::retry(error(), None));
        let (settled, attempt) = judge(outcome(), 1);
        assert_eq!(settled, in_seconds(5));
        assert_eq!(attempt.outcome, AttemptOutcome::Retry);
        let (settled, attempt) = judge(outcome(), 10);
        assert_eq!(settled, SettledAs::Failed);
        assert_eq!(attempt.outcome, AttemptOutcome::Failed);
        assert_eq!(attempt.error.as_deref(), Some("451 try again later"));
    }

    #[test]
    fn what_is_refused_for_good_is_not_tried_again() {
        let (settled, _) = judge(Err(AttemptError::fail(error())), 1);
        assert_eq!(settled, SettledAs::Failed);
    }

    #[test]
    fn a_doubtful_attempt_is_recorded_as_such_and_repeated() {
        let outcome = || Err(AttemptError::unknown(error()));
        let (settled, attempt) = judge(outcome(), 2);
        assert_eq!(settled, in_seconds(300));
        assert_eq!(attempt.outcome, AttemptOutcome::Unknown);
        assert_eq!(judge(outcome(), 10).0, SettledAs::Unknown);
    }
}
