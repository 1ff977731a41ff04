//! Delivers what runs have left to be sent: at least once, with the same bytes and the same key on each attempt.

mod endpoint_turned;
mod outcome;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::{Timestamp, later};
use cuebook_core::failure::AttemptError;
use cuebook_core::{CallError, EffectId};
use cuebook_effects::{Delivery, Passage, Queued, kinds};
use cuebook_store::{ClaimedSend, SendKinds, SendsWanted, Settlement, StoreError};
use futures::FutureExt as _;

use self::endpoint_turned::endpoint_turned;
use self::outcome::settle;
use crate::back_off::{BackOff, until_available};
use crate::doubt::Doubt;
use crate::worker::Shared;

/// So many sends that are no mails are under way at most.
pub(crate) const IN_HAND: u32 = 200;
/// So many times as many are in hand at most, with those whose outcome is about to be recorded.
pub(crate) const IN_ALL: u32 = 4;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// After so long a send whose host is full is looked at again, at the earliest.
const FULL: Duration = Duration::from_secs(1);
/// So much later comes each further one of them, so that about a thousand a second are looked at however many there are.
const EACH: Duration = Duration::from_millis(1);
/// After so long it is looked at again at the latest.
const FULL_AT_MOST: Duration = Duration::from_mins(1);

/// Delivers until the worker stops.
///
/// Mails and other sends have places of their own, so that a mail server that stalls holds up no webhook. What is claimed
/// begins at once, or within a moment where its host is full and moves; a send whose host is full and does not is given back
/// instead of holding a place.
pub(crate) async fn work(shared: Arc<Shared>) {
    let mut back_off = BackOff::default();
    let mut doubt = Doubt::default();
    // How many were given back one after the other.
    let mut refused: u32 = 0;
    let Shared {
        parts,
        mails,
        sends,
        stopping,
        ..
    } = &*shared;
    loop {
        tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            _ = mails.room() => {}
            _ = sends.room() => {}
        }
        let wanted = [
            SendsWanted {
                kinds: SendKinds::Only(kinds::MAIL),
                limit: mails.free(),
            },
            SendsWanted {
                kinds: SendKinds::AllBut(kinds::MAIL),
                limit: sends.free(),
            },
        ];
        // A claim is never given up half-way: what it took must come into our hands.
        let in_hand = || mails.list().into_iter().chain(sends.list());
        let claimed = match doubt
            .settle(|| parts.store.release_sends_except(in_hand()))
            .await
        {
            Ok(()) => parts.store.claim_sends_of(wanted.to_vec()).await,
            Err(error) => Err(error),
        };
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(%error, "sends cannot be claimed for now");
                doubt.after(&error);
                back_off.pause().await;
                continue;
            }
        };
        back_off = BackOff::default();
        let count = |mail: bool| claimed.iter().filter(|send| is_mail(send) == mail).count();
        let [mails_full, sends_full] = [(true, wanted[0]), (false, wanted[1])]
            .map(|(mail, wanted)| count(mail) >= wanted.limit as usize);
        let mut not_begun = Vec::new();
        let before = refused;
        for send in claimed {
            let (id, fence) = (send.id, send.fence);
            match begin(&shared, send) {
                Begun::Yes => {}
                Begun::NotBefore(turn) => not_begun.push((id, fence, Some(turn))),
                Begun::No => {
                    refused = refused.saturating_add(1);
                    not_begun.push((id, fence, None));
                }
            }
        }
        let poll = if refused == before {
            refused = 0;
            POLL
        } else {
            FULL
        };
        put_back(&shared, not_begun, refused).await;
        tokio::select! {
            () = stopping.cancelled() => return,
            _ = mails.room(), if mails_full => {}
            _ = sends.room(), if sends_full => {}
            () = parts.store.wakes().sends.notified() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

fn is_mail(send: &ClaimedSend) -> bool {
    send.kind == kinds::MAIL
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

/// When it is the send's turn, by the rate of its rule or endpoint as it is now; `None` for at once.
fn turn(shared: &Shared, send: &ClaimedSend) -> Option<Timestamp> {
    let parts = &shared.parts;
    let now = parts.clock.now();
    if let Some(endpoint) = send.endpoint {
        let rate = parts
            .store
            .destinations()
            .destination(endpoint, now)?
            .rate?;
        let endpoint = endpoint.to_string();
        return shared.rates.turn(&endpoint, "", rate, &send.key, now);
    }
    let rule = send.rule.as_ref()?;
    let rate = parts.rules.load().rules.get(rule)?.options.rate?;
    let host = parts.effects.host_of_send(&delivery(send))?;
    shared
        .rates
        .turn(rule.as_str(), &host, rate, &send.key, now)
}

/// Gives back what was claimed and not begun, each due at its turn; what has none, because its host is full, after a while:
/// the last of `refused` in a row.
async fn put_back(
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

fn delivery(send: &ClaimedSend) -> Delivery<'_> {
    Delivery {
        kind: &send.kind,
        target: &send.target,
        key: &send.key,
        envelope: &send.envelope,
        body: &send.body,
    }
}

/// How an attempt gets to its host.
enum Entry {
    /// There is room.
    Now(Passage),
    /// There is about to be.
    Soon(Queued),
}

/// Makes one attempt at a send once its host has room, or gives it back if that does not come.
async fn enter_and_deliver(shared: &Shared, send: ClaimedSend, entry: Entry) -> bool {
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
