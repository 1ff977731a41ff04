//! Taking up the calls that a run's journal has open: left by a crash, or by a pause that ended the segment.

use std::collections::HashMap;
use std::sync::Arc;

use cuebook_core::CallError;
use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_core::journal::{CallRequest, Entry, StepKind, StepPath};
use cuebook_core::keys::effect_key;
use cuebook_store::{EffectChange, StepView};

use super::open_calls::OpenCall;
use super::passes::Drive;
use super::run::LetGo;
use crate::back_off::until_available;

/// What nobody can know after a crash, as the script gets to know it.
const LOST: &str = "the process ended while the call was being made: whether it was done is not known. \
                    `retry: \"always\"` lets it be made again where its target honours the Idempotency-Key";

impl Drive<'_> {
    /// Takes up what the journal has open. A call in a pause goes on with it; one that was being made is made again where
    /// that is safe, and else its outcome is unknown.
    pub(super) async fn reopen(&mut self) -> Result<(), LetGo> {
        if !self.journal.steps.values().any(is_open) {
            return Ok(());
        }
        let parts = &self.shared.parts;
        let shown = until_available(|| parts.store.show_run(self.run.id)).await?;
        let Some(shown) = shown else {
            return Ok(());
        };
        let effects: HashMap<String, Effect> = shown
            .effects
            .into_iter()
            .filter(|effect| effect.state == EffectState::Pending)
            .map(|effect| (effect.key.clone(), effect))
            .collect();
        let mut begun = Vec::new();
        for step in shown.steps {
            let entry = self.journal.steps.get(&step.path).cloned();
            if let Some(entry) = entry.filter(is_open) {
                begun.extend(self.reopen_step(step, entry, &effects));
            }
        }
        self.record().await?;
        self.perform(&begun);
        Ok(())
    }

    /// Takes up one call. Gives its path if it is to be performed at once.
    fn reopen_step(
        &mut self,
        step: StepView,
        entry: Entry,
        effects: &HashMap<String, Effect>,
    ) -> Option<StepPath> {
        let parts = &self.shared.parts;
        let path = step.path;
        let key = effect_key(self.run.id, self.run.generation, &path, 0);
        let is_write = entry.kind == StepKind::Write;
        let effect = effects.get(&key);
        let mut call = OpenCall {
            effect: effect.map(|effect| effect.id),
            doubted: effect.is_some_and(is_doubted),
            key,
            asked_at: step.started_at,
            attempts: step.attempts,
            due: entry.wake_at,
            request: Arc::new(CallRequest {
                path: path.clone(),
                question: entry.question,
                kind: entry.kind,
                arguments: step.arguments,
                line: step.line,
            }),
        };
        let now = parts.clock.now();
        if call.due.is_none() {
            call.attempts = call.attempts.max(1);
        }
        if is_write && call.effect.is_none() && call.attempts > 0 {
            call.effect = Some(self.begin_effect(&call, now));
        }
        if call.due.is_some() {
            self.open.insert(call);
            return None;
        }
        let Some(id) = call.effect else {
            if let Some(turn) = self.turn(&call) {
                self.wait_for_turn(call, turn);
                return None;
            }
            self.open.insert(call);
            return Some(path);
        };
        let error = CallError::new("unknown", LOST).after(call.attempts);
        self.pending.effect(EffectChange::Attempt {
            id,
            attempt: Attempt {
                number: call.attempts,
                started_at: call.asked_at,
                ended_at: now,
                outcome: AttemptOutcome::Unknown,
                status: None,
                error: Some("the process ended during the attempt".to_owned()),
                answer: None,
            },
        });
        let request = &call.request;
        let repeats = self
            .shared
            .parts
            .effects
            .repeats_safely(&request.question.function, &request.arguments);
        if repeats {
            call.doubted = true;
            call.due = self.turn(&call);
            if call.due.is_some() {
                self.pending.step(call.intent());
                self.open.insert(call);
                return None;
            }
            call.attempts += 1;
            self.pending.step(call.intent());
            self.open.insert(call);
            return Some(path);
        }
        self.pending.effect(EffectChange::Settle {
            id,
            state: EffectState::Unknown,
            at: now,
        });
        let answered = call.answered(Err(error), now);
        self.journaled(&answered);
        self.pending.answer(answered);
        None
    }
}

/// Whether an attempt may have been processed although it brought no answer.
fn is_doubted(effect: &Effect) -> bool {
    let attempts = &mut effect.attempts.iter();
    attempts.any(|attempt| attempt.outcome == AttemptOutcome::Unknown)
}

/// Whether a call stands in the journal without an answer.
fn is_open(entry: &Entry) -> bool {
    entry.answer.is_none() && matches!(entry.kind, StepKind::Read | StepKind::Write)
}
