//! Delivers what runs have left to be sent: at least once, with the same bytes and the same key on each attempt.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::Timestamp;
use cuebook_core::effect::{Attempt, AttemptOutcome};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::{CallError, retry};
use cuebook_effects::{Delivered, Delivery};
use cuebook_store::{ClaimedSend, SettledAs, Settlement, StoreError};
use futures::FutureExt as _;

use crate::back_off::{BackOff, until_available};
use crate::in_hand::InHand;
use crate::pauses;
use crate::worker::Shared;

/// So many sends are under way at most.
const IN_HAND: u32 = 200;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(5);

/// Delivers until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let in_hand = InHand::new(IN_HAND);
    let mut back_off = BackOff::default();
    let Shared {
        parts,
        stopping,
        tracker,
        ..
    } = &*shared;
    loop {
        let limit = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            room = in_hand.room() => room,
        };
        // A claim is never given up half-way: what it took must come into our hands.
        match parts.store.claim_sends(limit).await {
            Ok(claimed) => {
                back_off = BackOff::default();
                let was_full = claimed.len() >= limit as usize;
                for send in claimed {
                    let place = in_hand.take();
                    let for_send = shared.clone();
                    tracker.spawn(async move {
                        let delivery = deliver(&for_send, send);
                        for_send.abandon.run_until_cancelled(delivery).await;
                        drop(place);
                    });
                }
                if was_full {
                    continue;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "sends cannot be claimed for now");
                back_off.pause().await;
                continue;
            }
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = parts.store.wakes().sends.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

/// Makes one attempt at a send and settles it.
async fn deliver(shared: &Shared, send: ClaimedSend) {
    let parts = &shared.parts;
    let started_at = parts.clock.now();
    let delivery = Delivery {
        kind: &send.kind,
        target: &send.target,
        key: &send.key,
        envelope: &send.envelope,
        body: &send.body,
    };
    let outcome = AssertUnwindSafe(parts.effects.deliver(&delivery))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(panicked(&send.kind)));
    let ended_at = parts.clock.now();
    let number = send.attempts.saturating_add(1);
    let (settled, attempt) = settle(
        outcome,
        number,
        (started_at, ended_at),
        parts.chance.fraction(),
    );
    parts.metrics.send_attempted(&send.kind, attempt.outcome);
    tracing::info!(
        effect = %send.id,
        run = %send.run_id,
        event = %send.event_id,
        kind = send.kind,
        attempt = number,
        outcome = attempt.outcome.as_str(),
        status = attempt.status,
        "send attempted"
    );
    let settlement = Settlement {
        id: send.id,
        fence: send.fence,
        attempt,
        outcome: settled,
    };
    match until_available(|| parts.store.settle_send(settlement.clone())).await {
        Ok(()) | Err(StoreError::Fenced) => {}
        Err(error) => {
            tracing::error!(effect = %send.id, %error, "the outcome of a send could not be recorded");
        }
    }
}

/// What an attempt at a send comes to. Sends are at least once: one whose outcome nobody can know is recorded as
/// doubtful, and repeated.
fn settle(
    outcome: Result<Delivered, AttemptError>,
    number: u32,
    (started_at, ended_at): (Timestamp, Timestamp),
    fraction: f64,
) -> (SettledAs, Attempt) {
    let again = |after| {
        retry::send_pause(number, after, fraction)
            .map(|pause| SettledAs::RetryAt(pauses::later(ended_at, pause)))
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

fn panicked(kind: &str) -> AttemptError {
    AttemptError::unknown(CallError::new(
        "internal",
        format!("{kind} ended by a fault of Cuebook's; whether it was sent is not known"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn judge(outcome: Result<Delivered, AttemptError>, number: u32) -> (SettledAs, Attempt) {
        settle(outcome, number, (AT, AT), 0.5)
    }

    fn error() -> CallError {
        CallError::new("smtp", "451 try again later").with_status(451)
    }

    fn in_seconds(seconds: u64) -> SettledAs {
        SettledAs::RetryAt(pauses::later(AT, Duration::from_secs(seconds)))
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
