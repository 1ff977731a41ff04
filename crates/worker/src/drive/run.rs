//! What happens to a claimed run, seen from outside: it is driven, counted, and told of in the log.

use cuebook_core::rule::RuleName;
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::{ClaimedRun, StoreError};

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
    /// The threads for scripts are gone: the worker ends.
    #[error("no thread runs scripts any more")]
    NoScripts,
    /// Its program could not be had, through no fault of its own.
    #[error(transparent)]
    Program(#[from] NoProgram),
    /// The store failed, or another process has the run by now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Drives a claimed run to the end of its segment, or until the worker has to let it go.
pub(crate) async fn drive(shared: &Shared, claimed: ClaimedRun) {
    let run = (
        claimed.run.id,
        claimed.run.event_id,
        claimed.run.rule.clone(),
    );
    let driven = async {
        match begin::begin(shared, claimed).await? {
            Begun::Ready(drive) => drive.go().await,
            Begun::Over(left) => Ok(left),
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
        LetGo::Stopping | LetGo::NoScripts => {
            tracing::info!(%run, %event, %rule, %error, "run let go");
        }
        LetGo::Store(_) | LetGo::Program(_) => {
            tracing::error!(%run, %event, %rule, %error, "run let go; it is taken up again at the next start");
        }
    }
}
