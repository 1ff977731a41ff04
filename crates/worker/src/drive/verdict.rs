//! What an attempt at a call comes to: an answer for the script, or a pause before the next attempt.

use std::time::Duration;

use cuebook_core::effect::{AttemptOutcome, EffectState};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::journal::{StepAnswer, is_refusal};
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
    /// The next attempt comes after this pause. The ledger says `retry` of this one, or `unknown` where it may have been
    /// processed.
    Pause {
        pause: Duration,
        outcome: AttemptOutcome,
    },
}

/// Judges the outcome of attempt `number`. `doubted` says whether an earlier attempt may have been processed;
/// `fraction` (0 to 1) spreads the pause.
pub(super) fn judge(
    outcome: Result<Value, AttemptError>,
    options: &RetryOptions,
    number: u32,
    doubted: bool,
    fraction: f64,
) -> Verdict {
    let failure = match outcome {
        Ok(value) => return answered(value),
        Err(failure) => failure,
    };
    let doubted = doubted || failure.doubtful;
    let pause = match failure.decision {
        Decision::Retry { after } => retry::call_pause(options, number, after, fraction),
        Decision::Fail | Decision::Unknown => None,
    };
    match pause {
        Some(pause) if failure.doubtful => Verdict::Pause {
            pause,
            outcome: AttemptOutcome::Unknown,
        },
        Some(pause) => Verdict::Pause {
            pause,
            outcome: AttemptOutcome::Retry,
        },
        None if doubted => unknown(failure.error, number),
        None => failed(failure.error, number),
    }
}

/// The other side has answered. The script gets to know any answer; the ledger tells a refusal from a confirmation.
fn answered(value: Value) -> Verdict {
    let (outcome, state) = if is_refusal(&value) {
        (AttemptOutcome::Failed, EffectState::Failed)
    } else {
        (AttemptOutcome::Done, EffectState::Done)
    };
    Verdict::Answered {
        answer: Ok(value),
        outcome,
        state,
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
            judge(outcome(), &OPTIONS, 1, false, 0.5),
            Verdict::Pause {
                pause: Duration::from_secs(90),
                outcome: AttemptOutcome::Retry,
            }
        );
        assert_eq!(
            judge(outcome(), &OPTIONS, 2, false, 0.5),
            Verdict::Answered {
                answer: Err(error().after(2)),
                outcome: AttemptOutcome::Failed,
                state: EffectState::Failed,
            }
        );
    }

    #[test]
    fn what_may_have_been_processed_stays_in_doubt_however_often_it_is_tried() {
        let lost = || Err(AttemptError::retry(error(), None).doubtful());
        let Verdict::Pause { outcome, .. } = judge(lost(), &OPTIONS, 1, false, 0.5) else {
            panic!("no pause")
        };
        assert_eq!(outcome, AttemptOutcome::Unknown);
        assert_eq!(judge(lost(), &OPTIONS, 2, true, 0.5), unknown(error(), 2));
        let refused = Err(AttemptError::fail(error()));
        assert_eq!(judge(refused, &OPTIONS, 2, true, 0.5), unknown(error(), 2));
    }

    #[test]
    fn a_refusal_is_an_answer_and_no_confirmation() {
        let verdict = judge(
            Ok(Value::from([("status", Value::Int(409))])),
            &OPTIONS,
            1,
            false,
            0.5,
        );
        let Verdict::Answered { answer, state, .. } = verdict else {
            panic!("{verdict:?}")
        };
        assert!(answer.is_ok());
        assert_eq!(state, EffectState::Failed);
    }

    #[test]
    fn a_final_failure_is_thrown_at_once() {
        let verdict = judge(Err(AttemptError::fail(error())), &OPTIONS, 1, false, 0.5);
        assert_eq!(verdict, failed(error(), 1));
    }

    #[test]
    fn what_nobody_can_know_is_thrown_as_unknown_and_never_repeated() {
        let verdict = judge(Err(AttemptError::unknown(error())), &OPTIONS, 1, false, 0.5);
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
