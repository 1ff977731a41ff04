//! What happens to a claimed run, seen from outside: it is driven, counted, and told of in the log.

use std::panic::AssertUnwindSafe;

use cuebook_core::rule::RuleName;
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{ClaimedRun, StoreError};
use futures::FutureExt as _;

use super::begin::{self, Begun};
use crate::programs::NoProgram;
use crate::worker::Shared;

/// How a run stands when it is let go of.
#[derive(Debug, PartialEq)]
pub(super) struct Left {
    /// Its state.
    pub(super) state: RunState,
    /// The stable word for why.
    pub(super) code: Option<String>,
    /// When its event came; for the time from there to the end.
    pub(super) event_at: Option<Timestamp>,
}

/// Why a run is let go of as it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum LetGo {
    /// The worker stops, and the run only pauses: what it gathered is recorded, and another worker goes on.
    #[error("the worker stops")]
    Stopping,
    /// Its program could not be had, through no fault of its own.
    #[error(transparent)]
    Program(#[from] NoProgram),
    /// The store failed, or another process has the run by now.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of Cuebook's own.
    #[error("a fault of Cuebook's own ended it")]
    Panicked,
}

impl LetGo {
    /// Whether it is neither the worker's end nor another process's business.
    fn is_a_fault(&self) -> bool {
        match self {
            Self::Stopping => false,
            Self::Store(error) => !matches!(error, StoreError::Fenced) && !error.is_unavailable(),
            Self::Program(_) | Self::Panicked => true,
        }
    }
}

/// Drives a claimed run to the end of its segment, or until the worker has to let it go.
pub(crate) async fn drive(shared: &Shared, claimed: ClaimedRun) {
    let run = (
        claimed.run.id,
        claimed.run.event_id,
        claimed.run.rule.clone(),
    );
    let as_claimed = (claimed.run.clone(), claimed.fence);
    // Boxed, since it is large and lives as long as its run.
    let driven = Box::pin(async {
        match begin::begin(shared, claimed).await? {
            Begun::Ready(drive) => drive.go().await,
            Begun::Over(left) => Ok(left),
        }
    });
    let driven = async {
        let driven = AssertUnwindSafe(driven).catch_unwind().await;
        match driven.unwrap_or(Err(LetGo::Panicked)) {
            // Whatever it is, the run must not stay with a worker that no longer has it: an operator is to see it.
            Err(error) if error.is_a_fault() => {
                tracing::error!(run = %run.0, event = %run.1, rule = %run.2, %error, "run cannot be driven");
                begin::give_up(shared, &as_claimed.0, as_claimed.1, error.to_string()).await
            }
            driven => driven,
        }
    };
    match shared.abandon.run_until_cancelled(driven).await {
        Some(Ok(left)) => tell(shared, &run, &left),
        Some(Err(error)) => tell_let_go(&run, &error),
        None => {}
    }
}

fn tell(shared: &Shared, (run, event, rule): &(RunId, EventId, RuleName), left: &Left) {
    let state = left.state.as_str();
    let code = left.code.as_deref();
    if !left.state.has_ended() {
        tracing::info!(%run, %event, %rule, state, code, "run waits");
        return;
    }
    let now = shared.parts.clock.now();
    let since_event = left
        .event_at
        .and_then(|at| (now - at).to_std().ok())
        .unwrap_or_default();
    shared
        .parts
        .metrics
        .run_ended(rule, left.state, since_event);
    let milliseconds = u64::try_from(since_event.as_millis()).unwrap_or(u64::MAX);
    if matches!(left.state, RunState::Failed | RunState::Blocked) {
        tracing::warn!(%run, %event, %rule, state, code, milliseconds, "run ended");
    } else {
        tracing::info!(%run, %event, %rule, state, code, milliseconds, "run ended");
    }
}

fn tell_let_go((run, event, rule): &(RunId, EventId, RuleName), error: &LetGo) {
    match error {
        // Another process has it: that is its business.
        LetGo::Store(StoreError::Fenced) => {}
        LetGo::Stopping => {
            tracing::info!(%run, %event, %rule, %error, "run let go");
        }
        LetGo::Store(_) | LetGo::Program(_) | LetGo::Panicked => {
            tracing::error!(%run, %event, %rule, %error, "run let go; it is taken up again at the next start");
        }
    }
}
