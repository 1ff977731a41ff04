//! Carries out what was asked about a person's data, one request after the other: exports and erasures.
//!
//! How far one is stands in the database, and moves on with what each batch has found or overwritten: whoever dies in
//! between has lost a batch, and the next goes on from there. Nothing of what is found comes by here.

use std::sync::Arc;
use std::time::Duration;

use cuebook_store::{PrivacyRequestId, StoreError};

use crate::back_off::BackOff;
use crate::worker::Shared;

/// How long a request that another process was asked for can go unnoticed.
const POLL: Duration = Duration::from_secs(2);
/// How long others have their turn between two batches.
const BREATH: Duration = Duration::from_millis(2);

/// Works until the worker stops.
pub(crate) async fn work(shared: Arc<Shared>) {
    let stopping = &shared.stopping;
    let store = &shared.parts.store;
    let mut back_off = BackOff::default();
    while !stopping.is_cancelled() {
        let worked = match store.claim_privacy().await {
            Ok(Some(id)) => carry_out(&shared, id).await.map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => Err(error),
        };
        match worked {
            Ok(worked) => {
                back_off = BackOff::default();
                if !worked {
                    tokio::select! {
                        () = stopping.cancelled() => {}
                        () = store.wakes().privacy.notified() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a person's data cannot be searched for now");
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = back_off.pause() => {}
                }
            }
        }
    }
}

/// Carries a request out, until it is over or the worker stops.
async fn carry_out(shared: &Shared, id: PrivacyRequestId) -> Result<(), StoreError> {
    let store = &shared.parts.store;
    while !shared.stopping.is_cancelled() {
        match store.advance_privacy(id).await {
            Ok(true) => tokio::time::sleep(BREATH).await,
            Ok(false) => {
                tracing::info!(request = %id, "a request about a person's data is over");
                break;
            }
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tracing::error!(request = %id, %error, "a request about a person's data cannot be carried out");
                store.fail_privacy(id, &error.to_string()).await?;
                break;
            }
        }
    }
    Ok(())
}
