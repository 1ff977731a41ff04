//! What an attempt at a call comes to: an answer for the script, or a pause before the next attempt.

use std::time::Duration;

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::journal::StepAnswer;
use cuebook_core::retry;
use cuebook_core::rule::RetryOptions;
use cuebook_core::{CallError, Value};

/// What is to be done after an attempt.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// The script gets this answer, and the ledger these words.
    Answered {
        answer: StepAnswer,
        outcome: AttemptOutcome,
        state: EffectState,
    },
    /// The next attempt comes after this pause.
    Pause(Duration),
}

/// Judges the outcome of attempt `number`. `fraction` (0 to 1) spreads the pause.
pub(super) fn judge(
    outcome: Result<Value, AttemptError>,
    options: &RetryOptions,
    number: u32,
    fraction: f64,
) -> Verdict {
    match outcome {
        Ok(value) => Verdict::Answered {
            answer: Ok(value),
            outcome: AttemptOutcome::Done,
            state: EffectState::Done,
        },
        Err(AttemptError {
            error, decision, ..
        }) => match decision {
            Decision::Retry { after } => {
                match retry::call_pause(options, number, after, fraction) {
                    Some(pause) => Verdict::Pause(pause),
                    None => failed(error, number),
                }
            }
            Decision::Fail => failed(error, number),
            Decision::Unknown => unknown(error, number),
        },
    }
}

fn failed(error: CallError, attempts: u32) -> Verdict {
    Verdict::Answered {
        answer: Err(error.after(attempts)),
        outcome: AttemptOutcome::Failed,
        state: EffectState::Failed,
    }
}

/// The script can tell by the kind that the call may have been processed.
fn unknown(error: CallError, attempts: u32) -> Verdict {
    Verdict::Answered {
        answer: Err(CallError {
            kind: "unknown".to_owned(),
            attempts,
            ..error
        }),
        outcome: AttemptOutcome::Unknown,
        state: EffectState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: RetryOptions = RetryOptions {
        attempts: 2,
        first: Duration::from_secs(5),
        max: Duration::from_mins(1),
    };

    fn error() -> CallError {
        CallError::new("timeout", "no answer in 30 s")
    }

    #[test]
    fn what_is_worth_another_attempt_pauses_until_attempts_are_used_up() {
        let outcome = || Err(AttemptError::retry(error(), Some(Duration::from_secs(90))));
        assert_eq!(
            judge(outcome(), &OPTIONS, 1, 0.5),
            Verdict::Pause(Duration::from_secs(90))
        );
        assert_eq!(
            judge(outcome(), &OPTIONS, 2, 0.5),
            Verdict::Answered {
                answer: Err(error().after(2)),
                outcome: AttemptOutcome::Failed,
                state: EffectState::Failed,
            }
        );
    }

    #[test]
    fn a_final_failure_is_thrown_at_once() {
        let verdict = judge(Err(AttemptError::fail(error())), &OPTIONS, 1, 0.5);
        assert_eq!(verdict, failed(error(), 1));
    }

    #[test]
    fn what_nobody_can_know_is_thrown_as_unknown_and_never_repeated() {
        let verdict = judge(Err(AttemptError::unknown(error())), &OPTIONS, 1, 0.5);
        let Verdict::Answered {
            answer: Err(thrown),
            state: EffectState::Unknown,
            ..
        } = verdict
        else {
            panic!("{verdict:?}")
        };
        assert_eq!(
            (thrown.kind.as_str(), thrown.attempts, thrown.message),
            ("unknown", 1, error().message)
        );
    }
}
