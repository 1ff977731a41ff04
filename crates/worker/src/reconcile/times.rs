//! When there is a look: each so often, and when a person has asked for one.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::Timestamp;
use cuebook_core::clock::later;
use cuebook_store::{BeginReconciliation, Begun, StoreError};

use super::look::{LEASE, look};
use crate::back_off::{BackOff, until_available};
use crate::parts::WorkerParts;
use crate::worker::Shared;

/// How long a missed wake-up, or another node's end, can go unnoticed.
const POLL: Duration = Duration::from_secs(5);

/// Looks until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let Shared {
        parts, stopping, ..
    } = &*shared;
    if !parts.effects.can_ask_ticketpark() {
        return;
    }
    if parts.reconcile_every.is_some() {
        let mark = until_available(|| parts.store.keep_reconcile_mark(parts.clock.now()));
        if let Some(Err(error)) = stopping.run_until_cancelled(mark).await {
            tracing::warn!(%error, "since when Ticketpark is looked at could not be kept");
        }
    }
    let mut back_off = BackOff::default();
    let mut next = None;
    while !stopping.is_cancelled() {
        match turn(&shared, &mut next).await {
            Ok(()) => {
                back_off = BackOff::default();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = parts.store.wakes().reconciliations.notified() => {}
                    () = shared.pauses.until(next.unwrap_or(Timestamp::MAX_UTC)) => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "Ticketpark cannot be asked for what never came for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// Begins what is due by the clock, and carries out what is to be carried out. `next` is when the next is due.
async fn turn(shared: &Shared, next: &mut Option<Timestamp>) -> Result<(), StoreError> {
    let parts = &shared.parts;
    if let Some(every) = parts.reconcile_every
        && next.is_none_or(|next| next <= parts.clock.now())
    {
        *next = begin(parts, every).await?;
    }
    if !parts.store.reconciliation_runs().await? {
        return Ok(());
    }
    let lease = later(parts.clock.now(), LEASE);
    if let Some(taken) = parts.store.take_reconciliation(lease).await? {
        tracing::info!(reconciliation = %taken.id, since = %taken.since, "Ticketpark is asked for what never came");
        look(shared, taken).await?;
    }
    Ok(())
}

/// Begins the timer's look, if its time has come on whatever node. Gives when to see to it again.
async fn begin(parts: &WorkerParts, every: Duration) -> Result<Option<Timestamp>, StoreError> {
    let now = parts.clock.now();
    let request = BeginReconciliation {
        id: parts.chance.uuid(now),
        since: None,
        every: Some(every),
    };
    Ok(match parts.store.begin_reconciliation(request).await? {
        Begun::NotDue(at) => Some(at),
        Begun::Begun(_) => Some(later(now, every)),
        // A person's: the timer's is seen to after it.
        Begun::Running(_) => None,
    })
}
