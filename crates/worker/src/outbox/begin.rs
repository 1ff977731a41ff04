//! Beginning the attempts at sends that were claimed or handed over; what may not begin is given back.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::EffectId;
use cuebook_core::clock::{Timestamp, later};
use cuebook_store::{ClaimedSend, Hands, StoreError};

use super::attempt::{Entry, delivery, enter_and_deliver};
use super::is_mail;
use super::turn::turn;
use crate::back_off::until_available;
use crate::worker::Shared;

/// After so long a send whose host is full is looked at again, at the earliest.
pub(super) const FULL: Duration = Duration::from_secs(1);
/// So much later comes each further one of them, so that about a thousand a second are looked at however many there are.
const EACH: Duration = Duration::from_millis(1);
/// After so long it is looked at again at the latest.
const FULL_AT_MOST: Duration = Duration::from_mins(1);

/// What has come to the hands.
pub(super) fn given(hands: &Hands) -> Vec<ClaimedSend> {
    let mut given = hands.mails.take();
    given.extend(hands.sends.take());
    given
}

/// Begins the attempts at claimed sends; what may not begin is given back, and counted in `refused` where its host is full.
/// Gives whether none was refused so.
pub(super) async fn begin_all(
    shared: &Arc<Shared>,
    claimed: Vec<ClaimedSend>,
    refused: &mut u32,
) -> bool {
    let mut not_begun = Vec::new();
    let before = *refused;
    for send in claimed {
        let (id, fence) = (send.id, send.fence);
        match begin(shared, send) {
            Begun::Yes => {}
            Begun::NotBefore(turn) => not_begun.push((id, fence, Some(turn))),
            Begun::No => {
                *refused = refused.saturating_add(1);
                not_begun.push((id, fence, None));
            }
        }
    }
    let all_begun = *refused == before;
    if all_begun {
        *refused = 0;
    }
    put_back(shared, not_begun, *refused).await;
    all_begun
}

/// Gives back what came to the hands when nobody was there any more: its attempt was not begun.
pub(crate) async fn give_back_what_came_late(shared: &Shared) -> Result<(), StoreError> {
    let store = &shared.parts.store;
    store.catch_up().await?;
    let late = given(store.hands()).into_iter();
    let now = shared.parts.clock.now();
    let late: Vec<_> = late.map(|send| (send.id, send.fence, now)).collect();
    if late.is_empty() {
        return Ok(());
    }
    store.put_back_sends(late).await
}

/// Whether an attempt at a claimed send is begun.
enum Begun {
    Yes,
    /// Its host is full, or the worker stops.
    No,
    /// Its rule turns to its host too often: it has a turn.
    NotBefore(Timestamp),
}

/// Begins the attempt at a claimed send, if that may be.
fn begin(shared: &Arc<Shared>, send: ClaimedSend) -> Begun {
    if shared.stopping.is_cancelled() {
        return Begun::No;
    }
    let effects = &shared.parts.effects;
    let entry = match effects.passage(&delivery(&send)) {
        Some(passage) => Entry::Now(passage),
        None => match effects.queue(&delivery(&send)) {
            Some(queued) => Entry::Soon(queued),
            None => return Begun::No,
        },
    };
    if let Some(turn) = turn(shared, &send) {
        return Begun::NotBefore(turn);
    }
    let in_hand = if is_mail(&send) {
        &shared.mails
    } else {
        &shared.sends
    };
    let place = in_hand.take(send.id, send.fence);
    let for_send = shared.clone();
    shared.tracker.spawn(async move {
        let delivery = enter_and_deliver(&for_send, send, entry);
        let settled = for_send.abandon.run_until_cancelled(delivery).await;
        // One that was begun and not settled is no stray: its attempt is open.
        if settled == Some(true) {
            place.leave();
        }
    });
    Begun::Yes
}

/// Gives back what was claimed and not begun, each due at its turn; what has none, because its host is full, after a while:
/// the last of `refused` in a row.
pub(super) async fn put_back(
    shared: &Shared,
    not_begun: Vec<(EffectId, i64, Option<Timestamp>)>,
    refused: u32,
) {
    if not_begun.is_empty() {
        return;
    }
    let Shared { parts, abandon, .. } = shared;
    let now = parts.clock.now();
    let soon = if shared.stopping.is_cancelled() {
        now
    } else {
        later(now, (FULL + EACH * refused).min(FULL_AT_MOST))
    };
    let sends = not_begun.into_iter();
    let sends: Vec<_> = sends
        .map(|(id, fence, turn)| (id, fence, turn.unwrap_or(soon)))
        .collect();
    let putting = until_available(|| parts.store.put_back_sends(sends.clone()));
    if let Some(Err(error)) = abandon.run_until_cancelled(putting).await {
        tracing::error!(%error, "sends that were not begun could not be given back");
    }
}
