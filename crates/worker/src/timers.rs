//! Sees what is due: wakes the runs whose time has come, and tells the outbox of sends whose next attempt has. Never
//! before it is due, and at once after.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::Timestamp;
use cuebook_core::clock::later;
use cuebook_store::{NextDue, StoreError, WakeReport};

use crate::back_off::BackOff;
use crate::worker::Shared;

/// How long a missed wake-up, or a clock that was set, can go unnoticed.
const POLL: Duration = Duration::from_secs(5);
/// How long another process is given to wake what it has begun to.
const BREATH: Duration = Duration::from_millis(50);

/// Watches until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let stopping = &shared.stopping;
    let mut back_off = BackOff::default();
    let mut told = None;
    while !stopping.is_cancelled() {
        match look(&shared, &mut told).await {
            Ok(next) => {
                back_off = BackOff::default();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = shared.parts.store.wakes().timers.notified() => {}
                    () = shared.pauses.until(next.unwrap_or(Timestamp::MAX_UTC)) => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what is due cannot be seen or woken for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// Wakes what is due now. Gives the instant at which something is due next.
///
/// The outbox was told of the sends that were due until `told`: as long as it has not taken one of them, because it has its hands
/// full or the send is stopped, it is not told again, and those that are due later are waited for.
async fn look(
    shared: &Shared,
    told: &mut Option<Timestamp>,
) -> Result<Option<Timestamp>, StoreError> {
    let store = &shared.parts.store;
    let is_due = |at: Timestamp| shared.pauses.left(at).is_none();
    let NextDue { mut run, mut send } = store.next_due(*told).await?;
    while run.is_some_and(is_due) {
        let WakeReport { woken, next } = store.wake_runs().await?;
        run = next;
        if woken == 0 {
            // Another process is waking it.
            run = run.map(|_| later(shared.parts.clock.now(), BREATH));
            break;
        }
    }
    if send.is_some_and(is_due) {
        store.wakes().sends.notify_one();
        *told = send.max(Some(shared.parts.clock.now()));
        send = store.next_due(*told).await?.send;
    }
    Ok(run.into_iter().chain(send).min())
}
