//! One attempt at a send: made once its host has room, and settled.

use std::panic::AssertUnwindSafe;

use cuebook_core::CallError;
use cuebook_core::failure::AttemptError;
use cuebook_effects::{Delivery, Passage, Queued};
use cuebook_store::{ClaimedSend, Settlement, StoreError};
use futures::FutureExt as _;

use super::begin::put_back;
use super::endpoint_turned::endpoint_turned;
use super::is_mail;
use super::outcome::settle;
use crate::back_off::until_available;
use crate::worker::Shared;

/// What is to be delivered.
pub(super) fn delivery(send: &ClaimedSend) -> Delivery<'_> {
    Delivery {
        kind: &send.kind,
        target: &send.target,
        key: &send.key,
        envelope: &send.envelope,
        body: &send.body,
    }
}

/// How an attempt gets to its host.
pub(super) enum Entry {
    /// There is room.
    Now(Passage),
    /// There is about to be.
    Soon(Queued),
}

/// Makes one attempt at a send once its host has room, or gives it back if that does not come.
pub(super) async fn enter_and_deliver(shared: &Shared, send: ClaimedSend, entry: Entry) -> bool {
    let passage = match entry {
        Entry::Now(passage) => passage,
        Entry::Soon(queued) => {
            let Some(passage) = queued.passage().await else {
                put_back(shared, vec![(send.id, send.fence, None)], 0).await;
                return true;
            };
            passage
        }
    };
    deliver(shared, send, passage).await
}

/// Makes one attempt at a send and settles it. Gives whether it is settled, or another process has it.
async fn deliver(shared: &Shared, send: ClaimedSend, passage: Passage) -> bool {
    let parts = &shared.parts;
    let started_at = parts.clock.now();
    let outcome = AssertUnwindSafe(parts.effects.deliver(&delivery(&send), passage))
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
        run = send.run_id.map(tracing::field::display),
        endpoint = send.endpoint.map(tracing::field::display),
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
    // It only waits for the commit by now: another may have its place.
    let in_hand = if is_mail(&send) {
        &shared.mails
    } else {
        &shared.sends
    };
    let _rest = in_hand.rest(send.id);
    match until_available(|| parts.store.settle_send(settlement.clone())).await {
        Ok(settled) => {
            if let Some(turned) = &settled.turned {
                endpoint_turned(parts, turned);
            }
            true
        }
        Err(StoreError::Fenced) => true,
        Err(error) => {
            tracing::error!(effect = %send.id, %error, "the outcome of a send could not be recorded");
            false
        }
    }
}

fn panicked(kind: &str) -> AttemptError {
    AttemptError::unknown(CallError::new(
        "internal",
        format!("{kind} ended by a fault of Cuebook's; whether it was sent is not known"),
    ))
}
