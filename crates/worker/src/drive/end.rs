//! How a segment ends: the run is over, or it waits. Each ending is one transaction of the store.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::clock::later;
use cuebook_core::effect::EffectState;
use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::{Cut, Divergence, StepKind, StepRecord};
use cuebook_core::run::RunState;
use cuebook_core::waiting::{seconds, sleeps, waits_for};
use cuebook_core::{CallError, Timestamp};
use cuebook_store::{
    AwaitedEvent, Checkpoint, CompletedAs, EffectChange, RunFailure, Segment, StoreError, WaitUntil,
};

use super::passes::Drive;
use super::run::{Left, LetGo};
use super::segment;
use crate::back_off::until_available;

impl Drive<'_> {
    /// The script came to its end, or said `skip`: what it has sent goes out, or is forgotten.
    pub(super) async fn complete(mut self, end: CompletedAs) -> Result<Left, LetGo> {
        self.settle_open().await;
        let state = match end {
            CompletedAs::Completed => RunState::Completed,
            CompletedAs::Skipped { .. } => {
                self.sends.clear();
                RunState::Skipped
            }
        };
        let segment = match self.end_segment() {
            Ok(segment) => segment,
            Err(error) => return self.fail("emit_limit", error.to_string()).await,
        };
        let (checkpoint, segment) = (Arc::new(self.checkpoint()), Arc::new(segment));
        let store = &self.shared.parts.store;
        let ended = until_available(|| {
            store.complete_run(Arc::clone(&checkpoint), Arc::clone(&segment), end.clone())
        })
        .await;
        match refused(ended)? {
            None => Ok(self.left(state, None)),
            Some((code, reason)) => {
                let checkpoint = Checkpoint::clone(&checkpoint);
                self.fail_at(checkpoint, code, reason).await
            }
        }
    }

    /// The script failed: nothing that it has sent in this segment goes out.
    pub(super) async fn fail(self, code: &str, reason: String) -> Result<Left, LetGo> {
        self.end_badly(RunState::Failed, code, reason).await
    }

    /// The script asks for something else than its journal says: an operator decides.
    pub(super) async fn block(self, divergence: &Divergence) -> Result<Left, LetGo> {
        self.end_badly(RunState::Blocked, "diverged", divergence.to_string())
            .await
    }

    /// The script sleeps.
    pub(super) async fn wait(mut self, step: StepRecord) -> Result<Left, LetGo> {
        self.settle_open().await;
        let wake_at = step
            .wake_at
            .unwrap_or_else(|| self.shared.parts.clock.now());
        self.pending.step(step);
        let wait = WaitUntil {
            wake_at,
            code: "sleep",
            reason: sleeps(wake_at),
            forget: Vec::new(),
            event: None,
        };
        self.suspend(wait).await
    }

    /// The script waits for an event. One that is stored already is given to it at once.
    pub(super) async fn await_event(
        mut self,
        step: StepRecord,
        wait: EventWait,
    ) -> Result<Left, LetGo> {
        self.settle_open().await;
        let until = WaitUntil {
            wake_at: wait.deadline,
            code: "wait_for",
            reason: waits_for(&wait.types, wait.deadline),
            forget: Vec::new(),
            event: Some(AwaitedEvent {
                step: step.path.clone(),
                wait,
            }),
        };
        self.pending.step(step);
        self.suspend(until).await
    }

    /// Nothing is left but calls that pause for long before they are tried, or tried again. They stay open in the journal, each
    /// with its time.
    pub(super) async fn pause(mut self, due: Timestamp) -> Result<Left, LetGo> {
        let intents: Vec<StepRecord> = self
            .open
            .iter()
            .map(super::open_calls::OpenCall::intent)
            .collect();
        let functions: Vec<&str> = intents
            .iter()
            .map(|step| step.question.function.as_str())
            .collect();
        let functions = functions.join(", ");
        let at = seconds(due);
        // Where each waits for its turn, nothing has been tried yet.
        let (code, reason) = if intents.iter().all(|step| step.attempts == 0) {
            let reason = format!("makes {functions} at {at}, by the rule's rate");
            ("rate", reason)
        } else {
            ("retry", format!("tries {functions} again at {at}"))
        };
        let wait = WaitUntil {
            wake_at: due,
            code,
            reason,
            forget: Vec::new(),
            event: None,
        };
        for intent in intents {
            self.pending.step(intent);
        }
        self.suspend(wait).await
    }

    /// The script wants to be tried again later: what stands behind its last write or wait is forgotten, and so is what
    /// it has sent.
    pub(super) async fn retry_in(mut self, delay: Duration, reason: String) -> Result<Left, LetGo> {
        self.settle_open().await;
        let wake_at = later(self.shared.parts.clock.now(), delay);
        self.sends.clear();
        let cut = Cut::of_journal(&self.journal);
        let forget = self
            .journal
            .steps
            .keys()
            .filter(|path| !cut.keeps(path))
            .cloned()
            .collect();
        self.pending.retain_steps(|path| cut.keeps(path));
        self.suspend(WaitUntil {
            wake_at,
            code: "retry",
            reason,
            forget,
            event: None,
        })
        .await
    }

    async fn suspend(mut self, mut wait: WaitUntil) -> Result<Left, LetGo> {
        // A run that takes too long wakes to be told so.
        wait.wake_at = self
            .deadline()
            .map_or(wait.wake_at, |deadline| deadline.min(wait.wake_at));
        let segment = match self.end_segment() {
            Ok(segment) => segment,
            Err(error) => return self.fail("emit_limit", error.to_string()).await,
        };
        let checkpoint = self.checkpoint();
        let store = &self.shared.parts.store;
        let ended = until_available(|| {
            store.suspend_run(checkpoint.clone(), segment.clone(), wait.clone())
        })
        .await;
        match refused(ended)? {
            None => Ok(self.left(RunState::Waiting, Some(wait.code))),
            Some((code, reason)) => self.fail_at(checkpoint, code, reason).await,
        }
    }

    /// The store refused the end of the segment for a reason that is the script's: nothing of the segment was written but
    /// what the checkpoint records.
    async fn fail_at(
        self,
        checkpoint: Checkpoint,
        code: &str,
        reason: String,
    ) -> Result<Left, LetGo> {
        let failure = RunFailure {
            state: RunState::Failed,
            code: code.to_owned(),
            reason,
        };
        let store = &self.shared.parts.store;
        until_available(|| store.fail_run(checkpoint.clone(), failure.clone())).await?;
        Ok(self.left(RunState::Failed, Some(code)))
    }

    async fn end_badly(
        mut self,
        state: RunState,
        code: &str,
        reason: String,
    ) -> Result<Left, LetGo> {
        self.settle_open().await;
        let checkpoint = self.checkpoint();
        let failure = RunFailure {
            state,
            code: code.to_owned(),
            reason,
        };
        let store = &self.shared.parts.store;
        until_available(|| store.fail_run(checkpoint.clone(), failure.clone())).await?;
        Ok(self.left(state, Some(code)))
    }

    /// Lets writes that are under way end, so that it is known what became of them; those in a pause are given up. Reads
    /// are dropped.
    async fn settle_open(&mut self) {
        while self.open.is_writing() {
            let attempted = self.open.next().await;
            self.judge(attempted);
        }
        let now = self.shared.parts.clock.now();
        let given_up: Vec<_> = self
            .open
            .iter()
            .filter(|call| call.request.kind == StepKind::Write)
            .cloned()
            .collect();
        for call in given_up {
            let error = CallError::new("abandoned", "the run ended before it was tried again");
            let step = call.answered(Err(error.after(call.attempts)), now);
            self.journaled(&step);
            self.pending.step(step);
            self.open.remove(&call.request.path);
            if let Some(id) = call.effect {
                self.pending.effect(EffectChange::Settle {
                    id,
                    state: if call.doubted {
                        EffectState::Unknown
                    } else {
                        EffectState::Failed
                    },
                    at: now,
                });
            }
        }
    }

    /// What the script has sent in this segment, as the end of the segment writes it.
    fn end_segment(&mut self) -> Result<Segment, segment::CannotEnd> {
        let parts = &self.shared.parts;
        let sends = std::mem::take(&mut self.sends);
        let segment = segment::build(parts, self.whose(), sends, parts.clock.now())?;
        Ok(Segment {
            budget: Some(self.loaded.budget),
            ..segment
        })
    }

    pub(super) fn checkpoint(&mut self) -> Checkpoint {
        self.pending
            .take(self.run.id, self.fence, &self.loaded.version)
    }

    fn left(&self, state: RunState, code: Option<&str>) -> Left {
        Left {
            state,
            code: code.map(str::to_owned),
            event_at: Some(self.event.received_at),
        }
    }
}

/// What the store refused to end a segment with, as a run's code and reason.
fn refused(ended: Result<(), StoreError>) -> Result<Option<(&'static str, String)>, StoreError> {
    match ended {
        Ok(()) => Ok(None),
        Err(StoreError::NotCountable(error)) => Ok(Some(("state", error.to_string()))),
        Err(error @ StoreError::TooManyEmitted { .. }) => {
            Ok(Some(("emit_limit", error.to_string())))
        }
        Err(error) => Err(error),
    }
}
