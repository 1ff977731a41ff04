//! Asks Ticketpark about the events that have to be confirmed, before any rule sees them.
//!
//! An event whose records Ticketpark knows is `confirmed` and goes on; one that it does not know goes to quarantine, but for
//! those that tell of something that is gone: they go on `unconfirmed`. While Ticketpark cannot be asked, events wait, and
//! nothing is lost; each is asked about again after a pause that grows to five minutes.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::Timestamp;
use cuebook_core::clock::later;
use cuebook_core::event::{Event, Trust};
use cuebook_core::failure::{AttemptError, Decision};
use cuebook_core::reconcile::{AskedFor, NothingToAsk, may_be_gone, pids_to_confirm};
use cuebook_store::{ClaimedConfirmation, Inquiry, RuleStart, StoreError};
use futures::future::join_all;

use crate::back_off::{BackOff, until_available};
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// So many events are asked about at once.
const AT_ONCE: u32 = 8;
/// So long nobody else asks about them: longer than a request to Ticketpark may take, twice.
const LEASE: Duration = Duration::from_secs(90);
/// How long a missed wake-up, or another node's end, can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// The pause after the first attempt that told nothing, and the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(5);
/// The longest that Ticketpark may ask to wait.
const ASKED_FOR: Duration = Duration::from_hours(24);

/// Asks until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let Shared {
        parts, stopping, ..
    } = &*shared;
    if !parts.effects.can_ask_ticketpark() {
        return;
    }
    let void = until_available(|| parts.store.void_confirmation_leases());
    if let Some(Err(error)) = stopping.run_until_cancelled(void).await {
        tracing::warn!(%error, "what was being confirmed before is asked about again in a while");
    }
    let mut back_off = BackOff::default();
    while !stopping.is_cancelled() {
        // A question may be broken off at any time: it changes nothing.
        match stopping.run_until_cancelled(round(parts)).await {
            None => return,
            Some(Ok(Round::Learnt)) => back_off = BackOff::default(),
            Some(Ok(Round::Idle(next))) => {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = parts.store.wakes().confirmations.notified() => {}
                    () = shared.pauses.until(next.unwrap_or(Timestamp::MAX_UTC)) => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Some(Ok(Round::Silence)) => {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "events cannot be confirmed for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// What came of one round.
enum Round {
    /// Something was learnt about at least one event.
    Learnt,
    /// There was nothing to ask; something is due at this instant, if ever.
    Idle(Option<Timestamp>),
    /// Ticketpark told nothing at all.
    Silence,
}

async fn round(parts: &WorkerParts) -> Result<Round, StoreError> {
    let lease = later(parts.clock.now(), LEASE);
    let claimed = parts.store.claim_confirmations(AT_ONCE, lease).await?;
    if claimed.is_empty() {
        // What somebody else is asking about is due all the while: the poll sees to it.
        let next = parts.store.next_confirmation().await?;
        return Ok(Round::Idle(next.filter(|at| *at > parts.clock.now())));
    }
    let asked = claimed.into_iter().map(|claimed| ask(parts, claimed));
    let mut round = Round::Silence;
    for (event, inquiry) in join_all(asked).await {
        if !matches!(inquiry, Inquiry::Later(..)) {
            round = Round::Learnt;
        }
        parts.metrics.asked.inquired(&inquiry, event.trust);
        let id = event.id;
        let settled = parts.store.settle_confirmation(event, inquiry).await?;
        tracing::debug!(event = %id, settled, "Ticketpark was asked about it");
    }
    Ok(round)
}

/// Asks about one event. Gives it as far as it is believed now.
async fn ask(parts: &WorkerParts, claimed: ClaimedConfirmation) -> (Event, Inquiry) {
    let ClaimedConfirmation {
        mut event,
        attempts,
    } = claimed;
    let inquiry = match pids_to_confirm(&event) {
        Err(NothingToAsk) => Inquiry::Refused(format!("it cannot be confirmed: {NothingToAsk}")),
        Ok(records) => match first_unknown(parts, &records).await {
            Ok(None) => {
                event.trust = Trust::Confirmed;
                Inquiry::Believed(rules_for(parts, &event))
            }
            Ok(Some(_)) if may_be_gone(&event) => {
                event.trust = Trust::Unconfirmed;
                Inquiry::Believed(rules_for(parts, &event))
            }
            Ok(Some(record)) => Inquiry::Refused(format!(
                "Ticketpark does not know {}/{}",
                record.resource, record.pid
            )),
            Err(error) => put_off(parts, &error, attempts),
        },
    };
    (event, inquiry)
}

/// The first of the records that Ticketpark does not know.
async fn first_unknown<'a>(
    parts: &WorkerParts,
    records: &'a [AskedFor],
) -> Result<Option<&'a AskedFor>, AttemptError> {
    for record in records {
        if !parts.effects.is_known(record).await? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

fn put_off(parts: &WorkerParts, error: &AttemptError, attempts: u32) -> Inquiry {
    let grown = FIRST.saturating_mul(2_u32.saturating_pow(attempts.min(10)));
    // Spread, so that what came together is not asked about together for ever.
    let spread = grown
        .min(LONGEST)
        .mul_f64(0.8 + 0.4 * parts.chance.fraction());
    let wanted = match error.decision {
        Decision::Retry { after } => after.unwrap_or_default().min(ASKED_FOR),
        Decision::Fail | Decision::Unknown => Duration::ZERO,
    };
    let at = later(parts.clock.now(), spread.max(wanted));
    Inquiry::Later(at, error.error.message.clone())
}

fn rules_for(parts: &WorkerParts, event: &Event) -> Vec<RuleStart> {
    let Some(event_type) = &event.event_type else {
        return Vec::new();
    };
    let rules = parts.rules.load();
    let rules = rules.for_event(event_type, event.origin);
    rules
        .into_iter()
        .map(|rule| RuleStart::new(rule.name.clone(), &rule.options))
        .collect()
}
