//! The calls of a run that have no answer yet: being performed, or pausing between two attempts.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use cuebook_core::failure::AttemptError;
use cuebook_core::journal::{CallRequest, StepAnswer, StepKind, StepPath, StepRecord};
use cuebook_core::{CallError, EffectId, Timestamp, Value};
use cuebook_effects::Call;
use futures::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::parts::WorkerParts;

/// A pause longer than this is not waited for in place: it ends the segment.
pub(super) const LONG: Duration = Duration::from_mins(1);

/// A call without an answer.
#[derive(Debug, Clone)]
pub(super) struct OpenCall {
    /// What is asked.
    pub(super) request: Arc<CallRequest>,
    /// Its idempotency key.
    pub(super) key: String,
    /// Its row in the ledger; reads have none.
    pub(super) effect: Option<EffectId>,
    /// When the script asked.
    pub(super) asked_at: Timestamp,
    /// How many attempts were begun.
    pub(super) attempts: u32,
    /// In a pause, or before its turn: when the next attempt is due.
    pub(super) due: Option<Timestamp>,
    /// Whether an attempt may have been processed although it brought no answer.
    pub(super) doubted: bool,
}

impl OpenCall {
    /// The step as it stands, without an answer.
    pub(super) fn intent(&self) -> StepRecord {
        StepRecord {
            path: self.request.path.clone(),
            question: self.request.question.clone(),
            kind: self.request.kind,
            arguments: self.request.arguments.clone(),
            answer: None,
            wake_at: self.due,
            line: self.request.line,
            started_at: self.asked_at,
            ended_at: None,
            attempts: self.attempts,
        }
    }

    /// The step with its answer.
    pub(super) fn answered(&self, answer: StepAnswer, at: Timestamp) -> StepRecord {
        StepRecord {
            answer: Some(answer),
            wake_at: None,
            ended_at: Some(at),
            ..self.intent()
        }
    }
}

/// How an attempt ended.
pub(super) struct Attempted {
    pub(super) path: StepPath,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) outcome: Result<Value, AttemptError>,
}

/// All open calls of a run.
#[derive(Default)]
pub(super) struct OpenCalls {
    calls: BTreeMap<StepPath, OpenCall>,
    attempts: JoinSet<Attempted>,
}

impl OpenCalls {
    /// Takes up a call, to be begun or in a pause.
    pub(super) fn insert(&mut self, call: OpenCall) {
        self.calls.insert(call.request.path.clone(), call);
    }

    pub(super) fn get(&self, path: &StepPath) -> Option<&OpenCall> {
        self.calls.get(path)
    }

    pub(super) fn get_mut(&mut self, path: &StepPath) -> Option<&mut OpenCall> {
        self.calls.get_mut(path)
    }

    /// Closes a call that has its answer.
    pub(super) fn remove(&mut self, path: &StepPath) -> Option<OpenCall> {
        self.calls.remove(path)
    }

    /// Every open call.
    pub(super) fn iter(&self) -> impl Iterator<Item = &OpenCall> {
        self.calls.values()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether no attempt is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.attempts.is_empty()
    }

    /// Whether an attempt at a write is under way.
    pub(super) fn is_writing(&self) -> bool {
        self.iter()
            .any(|call| call.request.kind == StepKind::Write && call.due.is_none())
    }

    /// When the first pause is over; `None` where no call pauses.
    pub(super) fn first_due(&self) -> Option<Timestamp> {
        self.iter().filter_map(|call| call.due).min()
    }

    /// The calls whose pause is over.
    pub(super) fn due(&self, now: Timestamp) -> Vec<StepPath> {
        self.iter()
            .filter(|call| call.due.is_some_and(|due| due <= now))
            .map(|call| call.request.path.clone())
            .collect()
    }

    /// Performs the attempt that the call at `path` counts as begun.
    pub(super) fn perform(&mut self, path: &StepPath, parts: &WorkerParts) {
        let Some(call) = self.calls.get(path).cloned() else {
            return;
        };
        let effects = parts.effects.clone();
        let clock = parts.clock.clone();
        let metrics = parts.metrics.clone();
        self.attempts.spawn(async move {
            let function = call.request.question.function.as_str();
            let started_at = clock.now();
            let begun = Instant::now();
            let attempt = Call {
                function,
                arguments: &call.request.arguments,
                key: &call.key,
                attempt: call.attempts,
            };
            let outcome = AssertUnwindSafe(effects.call(&attempt))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(panicked(function)));
            metrics.call_attempted(function, begun.elapsed());
            Attempted {
                path: call.request.path.clone(),
                started_at,
                ended_at: clock.now(),
                outcome,
            }
        });
    }

    /// The next attempt that ends; never, where none is under way.
    pub(super) async fn next(&mut self) -> Attempted {
        loop {
            match self.attempts.join_next().await {
                Some(Ok(attempted)) => return attempted,
                // An attempt neither panics (that is caught) nor is aborted while the run is in hand.
                Some(Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// An attempt that has ended already, if there is one.
    pub(super) fn try_next(&mut self) -> Option<Attempted> {
        self.attempts.try_join_next()?.ok()
    }
}

fn panicked(function: &str) -> AttemptError {
    AttemptError::unknown(CallError::new(
        "internal",
        format!("{function} ended by a fault of Cuebook's; whether it was done is not known"),
    ))
}
