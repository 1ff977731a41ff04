//! The heart of a run: pass after pass, until the segment ends.

use std::sync::Arc;
use std::time::Duration;

use cuebook_core::event::Event;
use cuebook_core::journal::{Journal, SendRequest, StepRecord};
use cuebook_core::limits;
use cuebook_core::run::Run;
use cuebook_rules::{Outcome, OwnedInput, Pass};
use cuebook_store::CompletedAs;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::answers::Progress;
use super::open_calls::OpenCalls;
use super::pending::Pending;
use super::run::{Left, LetGo};
use crate::programs::Loaded;
use crate::worker::Shared;

/// A run in hand.
pub(super) struct Drive<'a> {
    pub(super) shared: &'a Shared,
    pub(super) run: Run,
    pub(super) fence: i64,
    pub(super) event: Arc<Event>,
    pub(super) loaded: Loaded,
    /// What is recorded, and what will be.
    pub(super) journal: Arc<Journal>,
    pub(super) pending: Pending,
    pub(super) open: OpenCalls,
    /// What the script has sent in this segment, as its last pass has it.
    pub(super) sends: Vec<SendRequest>,
    /// Whether a process died while it had this run. It comes with few others until it has recorded something (see the
    /// store's `suspects`): so each of its steps is recorded at once, for it to make room, and to die at the step that kills.
    pub(super) suspected: bool,
    script_time: Duration,
}

impl<'a> Drive<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        run: Run,
        fence: i64,
        event: Arc<Event>,
        loaded: Loaded,
        journal: Journal,
    ) -> Self {
        Self {
            shared,
            run,
            fence,
            event,
            loaded,
            journal: Arc::new(journal),
            pending: Pending::default(),
            open: OpenCalls::default(),
            sends: Vec::new(),
            suspected: false,
            script_time: Duration::ZERO,
        }
    }

    /// Drives the run until its segment ends.
    pub(super) async fn go(mut self) -> Result<Left, LetGo> {
        self.reopen().await?;
        loop {
            if let Some(late) = self.overdue() {
                return self.fail("timeout", late).await;
            }
            let outcome = self.pass().await?;
            let calls = match outcome {
                Outcome::Suspended { calls } => calls,
                Outcome::Completed => return self.complete(CompletedAs::Completed).await,
                Outcome::Skipped { reason } => {
                    return self.complete(CompletedAs::Skipped { reason }).await;
                }
                Outcome::Failed(failure) => return self.fail(&failure.code, failure.reason).await,
                Outcome::Blocked(divergence) => return self.block(&divergence).await,
                Outcome::Waiting { step } => return self.wait(step).await,
                Outcome::Awaiting { step, wait } => return self.await_event(step, wait).await,
                Outcome::RetryIn { delay, reason } => return self.retry_in(delay, reason).await,
            };
            if self.script_time > limits::SEGMENT {
                let reason = format!(
                    "the script's passes since its last long wait took more than {} s in all",
                    limits::SEGMENT.as_secs()
                );
                return self.fail("limit", reason).await;
            }
            if calls.is_empty() && self.open.is_empty() {
                let reason =
                    "the script waits for an answer that nobody owes it: a fault of Cuebook's";
                return self.fail("internal", reason.to_owned()).await;
            }
            if self.ask(calls).await? {
                continue;
            }
            if self.suspected {
                self.record_open().await?;
            }
            match self.wait_for_answer().await? {
                Progress::Answered => {}
                Progress::LongPause(due) => return self.pause(due).await,
            }
        }
    }

    /// Runs the script from its top over the journal.
    async fn pass(&mut self) -> Result<Outcome, LetGo> {
        let input = OwnedInput {
            event: self.event.clone(),
            run: self.run.id,
            generation: self.run.generation,
            journal: self.journal.clone(),
            now: self.shared.parts.clock.now(),
            chance: self.shared.parts.chance.clone(),
        };
        // A script's time counts from when a thread has it. So there are never more scripts on their way than threads.
        let thread = self.shared.threads.clone().acquire_owned().await;
        let begun = Instant::now();
        let (reply, replied) = oneshot::channel();
        self.shared.pool.advance(
            self.loaded.program.clone(),
            input,
            Box::new(move |pass, input| {
                // The journal is to be in one hand again before it is added to.
                drop(input);
                drop(thread);
                // Nobody waits for the pass of a run that was let go.
                let _ = reply.send((pass, begun.elapsed()));
            }),
        );
        let (pass, took) = replied.await.map_err(|_| LetGo::Panicked)?;
        self.shared.parts.metrics.passed(took);
        self.script_time += took;
        let Pass {
            outcome,
            steps,
            logs,
            sends,
            ..
        } = pass;
        let journal = Arc::make_mut(&mut self.journal);
        journal
            .logged
            .extend(logs.iter().map(|line| line.key.clone()));
        self.pending.logs(logs);
        for step in steps {
            self.journaled(&step);
            self.pending.step(step);
        }
        self.sends = sends;
        Ok(outcome)
    }

    /// Lets the next pass see `step`.
    pub(super) fn journaled(&mut self, step: &StepRecord) {
        Arc::make_mut(&mut self.journal)
            .steps
            .insert(step.path.clone(), step.entry());
    }
}
