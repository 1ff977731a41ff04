//! Gives up what is old, some events at a time, with pauses in between: whoever works on the database hardly notices.

use std::sync::Arc;
use std::time::Duration;

use cuebook_store::{Retained, StoreError};

use crate::back_off::BackOff;
use crate::worker::Shared;

/// How long nothing is looked for once nothing was found.
const REST: Duration = Duration::from_mins(5);
/// The pause between two steps: most of the time is left to others.
const BETWEEN: Duration = Duration::from_millis(50);

/// Gives up what is old until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let stopping = &shared.stopping;
    let mut back_off = BackOff::default();
    while !stopping.is_cancelled() {
        match step(&shared).await {
            Ok(retained) => {
                back_off = BackOff::default();
                let pause = if retained.more { BETWEEN } else { REST };
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what is old cannot be given up for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

async fn step(shared: &Shared) -> Result<Retained, StoreError> {
    let parts = &shared.parts;
    let retained = parts.store.retain(&parts.retention).await?;
    let Retained {
        expired, forgotten, ..
    } = retained;
    if expired + forgotten > 0 {
        tracing::debug!(expired, forgotten, "given up what is old");
    }
    Ok(retained)
}
