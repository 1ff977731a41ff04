//! Claims the runs that are ready, and has each driven.

use std::sync::Arc;
use std::time::Duration;

use crate::back_off::BackOff;
use crate::drive;
use crate::in_hand::InHand;
use crate::worker::Shared;

/// So many runs are in hand at most.
const IN_HAND: u32 = 1024;
/// So many are claimed at a time at most.
const BATCH: u32 = 256;
/// How long a missed wake-up can go unnoticed.
const POLL: Duration = Duration::from_secs(2);

/// Claims until the worker stops.
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
            room = in_hand.room() => room.min(BATCH),
        };
        // A claim is never given up half-way: what it took must come into our hands.
        match parts.store.claim_runs(limit).await {
            Ok(claimed) => {
                back_off = BackOff::default();
                let was_full = claimed.len() >= limit as usize;
                for run in claimed {
                    let place = in_hand.take();
                    let for_run = shared.clone();
                    tracker.spawn(async move {
                        drive::drive(&for_run, run).await;
                        drop(place);
                    });
                }
                if was_full {
                    continue;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "runs cannot be claimed for now");
                back_off.pause().await;
                continue;
            }
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = parts.store.wakes().runs.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
}
