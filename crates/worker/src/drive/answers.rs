//! While calls are open: taking their answers, pausing between attempts, recording what was gathered.

use cuebook_core::clock::later;
use cuebook_core::effect::Attempt;
use cuebook_core::failure::AttemptError;
use cuebook_core::journal::StepKind;
use cuebook_core::{Timestamp, Value};
use cuebook_store::EffectChange;

use super::open_calls::{Attempted, LONG};
use super::passes::Drive;
use super::run::LetGo;
use super::verdict::{Verdict, judge};
use crate::back_off::until_available;

/// What waiting for an answer led to.
pub(super) enum Progress {
    /// At least one call has its answer: the script may go on.
    Answered,
    /// Nothing is left but pauses, the shortest of them a long one that ends then.
    LongPause(Timestamp),
}

impl Drive<'_> {
    /// Waits until at least one open call has its answer, and repeats attempts when they are due.
    pub(super) async fn wait_for_answer(&mut self) -> Result<Progress, LetGo> {
        let shared = self.shared;
        let _rest = shared.runs.rest(self.run.id);
        loop {
            let due = self.open.first_due();
            if self.open.is_idle() {
                if let Some(due) = due
                    && self.shared.pauses.left(due).is_some_and(|left| left > LONG)
                {
                    return Ok(Progress::LongPause(due));
                }
                if self.shared.stopping.is_cancelled() {
                    self.record().await?;
                    return Err(LetGo::Stopping);
                }
            }
            let deadline = self.pending.deadline();
            let is_idle = self.open.is_idle();
            tokio::select! {
                attempted = self.open.next() => {
                    if self.take(attempted).await? {
                        return Ok(Progress::Answered);
                    }
                }
                () = until(due, |due| self.shared.pauses.until(due)) => self.repeat().await?,
                () = until(deadline, tokio::time::sleep_until) => self.record().await?,
                () = self.shared.stopping.cancelled(), if is_idle => {}
            }
        }
    }

    /// Takes an attempt's outcome and those of all others that have ended by now. Says whether a call was answered.
    async fn take(&mut self, first: Attempted) -> Result<bool, LetGo> {
        let mut answered = false;
        let mut is_write = false;
        let mut next = Some(first);
        while let Some(attempted) = next {
            let (was_answered, was_write) = self.judge(attempted);
            answered |= was_answered;
            is_write |= was_write;
            next = self.open.try_next();
        }
        if is_write || self.suspected || self.pending.is_full() {
            self.record().await?;
        }
        Ok(answered)
    }

    /// Takes one attempt's outcome. Says whether the call is answered, and whether it writes.
    pub(super) fn judge(&mut self, attempted: Attempted) -> (bool, bool) {
        let parts = &self.shared.parts;
        let Attempted {
            path,
            started_at,
            ended_at,
            outcome,
        } = attempted;
        let Some(call) = self.open.get_mut(&path) else {
            return (false, false);
        };
        let number = call.attempts;
        let is_write = call.request.kind == StepKind::Write;
        let (status, error, answered) = describe(&outcome);
        let attempt = |outcome| Attempt {
            number,
            started_at,
            ended_at,
            outcome,
            status,
            error,
            answer: answered,
        };
        let doubtful = outcome.as_ref().is_err_and(|failed| failed.doubtful);
        let verdict = judge(
            outcome,
            &self.loaded.retry,
            number,
            call.doubted,
            parts.chance.fraction(),
        );
        call.doubted |= doubtful;
        let answer = match verdict {
            Verdict::Pause { pause, outcome } => {
                call.due = Some(later(ended_at, pause));
                let attempt = attempt(outcome);
                if let Some(id) = call.effect {
                    let intent = call.intent();
                    self.pending.step(intent);
                    self.pending.effect(EffectChange::Attempt { id, attempt });
                }
                return (false, is_write);
            }
            Verdict::Answered {
                answer,
                outcome,
                state,
            } => {
                let attempt = attempt(outcome);
                if let Some(id) = call.effect {
                    self.pending.effect(EffectChange::Attempt { id, attempt });
                    self.pending.effect(EffectChange::Settle {
                        id,
                        state,
                        at: ended_at,
                    });
                }
                answer
            }
        };
        if let Some(call) = self.open.remove(&path) {
            let step = call.answered(answer, ended_at);
            self.journaled(&step);
            self.pending.answer(step);
        }
        (true, is_write)
    }

    /// Begins the next attempt of each call whose pause is over, or whose turn has come.
    pub(super) async fn repeat(&mut self) -> Result<(), LetGo> {
        let now = self.shared.parts.clock.now();
        let due = self.whose_turn_it_is(self.open.due(now));
        let mut is_write = false;
        for path in &due {
            let Some(mut call) = self.open.remove(path) else {
                continue;
            };
            call.due = None;
            call.attempts += 1;
            // Before a write is tried, it must be known that it was: a crash would leave its outcome unknown.
            if call.request.kind == StepKind::Write {
                if call.effect.is_none() {
                    call.effect = Some(self.begin_effect(&call, now));
                }
                self.pending.step(call.intent());
                is_write = true;
            }
            self.open.insert(call);
        }
        if is_write {
            self.record().await?;
        }
        self.perform(&due);
        Ok(())
    }

    /// Commits what was gathered, and the calls that have no answer yet, reads too.
    pub(super) async fn record_open(&mut self) -> Result<(), LetGo> {
        for call in self.open.iter() {
            self.pending.step(call.intent());
        }
        self.record().await
    }

    /// Commits what was gathered.
    pub(super) async fn record(&mut self) -> Result<(), LetGo> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let checkpoint = self.checkpoint();
        until_available(|| self.shared.parts.store.record_steps(checkpoint.clone())).await?;
        Ok(())
    }
}

/// Waits by `wait` for what there is; for ever, where there is nothing.
async fn until<T, F: Future<Output = ()>>(what: Option<T>, wait: impl FnOnce(T) -> F) {
    match what {
        Some(what) => wait(what).await,
        None => std::future::pending().await,
    }
}

/// What the other side said: its status, what went wrong, and its words.
fn describe(
    outcome: &Result<Value, AttemptError>,
) -> (Option<u16>, Option<String>, Option<String>) {
    match outcome {
        Ok(value) => {
            let status = value.get("status").and_then(Value::as_int);
            (
                status.and_then(|status| u16::try_from(status).ok()),
                None,
                None,
            )
        }
        Err(failed) => (
            failed.error.status,
            Some(failed.error.message.clone()),
            failed.answer.clone(),
        ),
    }
}
