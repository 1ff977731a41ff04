//! Claims the runs that are ready, and has each driven.

use std::sync::Arc;
use std::time::Duration;

use cuebook_store::{ClaimedRun, Hand, StoreError};
use tokio::task::JoinHandle;

use crate::back_off::BackOff;
use crate::doubt::Doubt;
use crate::drive;
use crate::worker::Shared;

/// So many runs are at work at most.
pub(crate) const AT_WORK: u32 = 1024;
/// So many are in hand at most, with those that wait for an answer from outside: a host that hangs must not hold up the
/// rules that never ask it.
pub(crate) const IN_HAND: u32 = 8192;
/// So many are claimed at a time at most.
const BATCH: u32 = 256;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(2);

/// A run that was in hand at so many deaths of a process is claimed alone.
const DEATHS: u32 = 2;
/// So long everybody else waits for one that was claimed alone: it is to show what it does while nobody else can be taken
/// for the guilty one.
const ALONE: Duration = Duration::from_secs(1);

/// Claims until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let mut back_off = BackOff::default();
    let mut doubt = Doubt::default();
    let Shared {
        parts,
        runs: in_hand,
        stopping,
        ..
    } = &*shared;
    let hand = Closing(&parts.store.hands().runs);
    // What came to the hand of one that has failed.
    drive_all(&shared, hand.0.take());
    loop {
        let limit = tokio::select! {
            biased;
            () = stopping.cancelled() => return,
            room = in_hand.room() => room.min(BATCH),
        };
        // A claim is never given up half-way: what it took must come into our hands.
        if hand.0.takes_doubt() {
            doubt.after(&StoreError::Unavailable(None));
        }
        let release = async || {
            // What is on its way to the hand is no stray.
            hand.0.close();
            parts.store.catch_up().await?;
            drive_all(&shared, hand.0.take());
            parts.store.release_runs_except(in_hand.list()).await
        };
        let claimed = match doubt.settle(release).await {
            Ok(()) => parts.store.claim_runs(limit).await,
            Err(error) => Err(error),
        };
        match claimed {
            Ok(claimed) => {
                back_off = BackOff::default();
                let was_full = claimed.len() >= limit as usize;
                if was_full {
                    // First come, first served.
                    hand.0.close();
                }
                if let Some(driven) = drive_all(&shared, claimed) {
                    // Whether it ended or lasts, the others come now.
                    drop(tokio::time::timeout(ALONE, driven).await);
                    continue;
                }
                if was_full {
                    continue;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "runs cannot be claimed for now");
                doubt.after(&error);
                back_off.pause().await;
                continue;
            }
        }
        let poll = tokio::time::sleep(POLL);
        tokio::pin!(poll);
        loop {
            hand.0.open(in_hand.free() as usize);
            tokio::select! {
                () = stopping.cancelled() => return,
                () = parts.store.wakes().runs.notified() => break,
                () = &mut poll => break,
                () = hand.0.came() => {
                    drive_all(&shared, hand.0.take());
                }
            }
        }
    }
}

/// Has claimed runs driven. Gives that one of them, if any, that was claimed alone.
fn drive_all(shared: &Arc<Shared>, claimed: Vec<ClaimedRun>) -> Option<JoinHandle<()>> {
    let mut alone = None;
    for run in claimed {
        let is_alone = run.claims > DEATHS;
        let place = shared.runs.take(run.run.id, run.fence);
        let for_run = shared.clone();
        let driven = shared.tracker.spawn(async move {
            drive::drive(&for_run, run).await;
            place.leave();
        });
        if is_alone {
            alone = Some(driven);
        }
    }
    alone
}

/// A hand that is closed when its loop ends, however it ends.
pub(crate) struct Closing<'a, T>(pub(crate) &'a Hand<T>);

impl<T> Drop for Closing<'_, T> {
    fn drop(&mut self) {
        self.0.close();
    }
}
