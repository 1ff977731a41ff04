//! What a script newly asks for is begun: reads at once, writes once their intent is committed. A write that is captured
//! is answered without being performed.

use std::sync::Arc;

use cuebook_core::effect::EffectState;
use cuebook_core::journal::{CallRequest, StepKind, StepPath};
use cuebook_core::keys::effect_key;
use cuebook_core::{EffectId, Timestamp};
use cuebook_store::EffectChange;

use super::open_calls::OpenCall;
use super::passes::Drive;
use super::run::LetGo;

impl Drive<'_> {
    /// Begins `calls`. Says whether some of them are answered already.
    pub(super) async fn ask(&mut self, calls: Vec<CallRequest>) -> Result<bool, LetGo> {
        let parts = &self.shared.parts;
        let now = parts.clock.now();
        let mut reads = Vec::new();
        let mut writes = Vec::new();
        let mut answered = false;
        for request in calls {
            let path = request.path.clone();
            let function = request.question.function.clone();
            let mut call = OpenCall {
                key: effect_key(self.run.id, self.run.generation, &path, 0),
                effect: None,
                asked_at: now,
                attempts: 1,
                due: None,
                doubted: false,
                request: Arc::new(request),
            };
            if self.claim_key(&call, now).await? {
                answered = true;
                continue;
            }
            if let Some(answer) = self.remembered(&call.request).await? {
                let step = call.answered(answer, now);
                self.journaled(&step);
                self.pending.answer(step);
                answered = true;
                continue;
            }
            let captured = parts.effects.captures(&function, self.event.capture);
            if !captured && let Some(turn) = self.turn(&call) {
                self.wait_for_turn(call, turn);
                continue;
            }
            if call.request.kind != StepKind::Write {
                self.journaled(&call.intent());
                self.open.insert(call);
                reads.push(path);
                continue;
            }
            let effect = self.begin_effect(&call, now);
            if captured {
                call.attempts = 0;
                let step = call.answered(Ok(parts.effects.captured_answer(&function)), now);
                self.journaled(&step);
                self.pending.answer(step);
                self.pending.effect(EffectChange::Settle {
                    id: effect,
                    state: EffectState::Captured,
                    at: now,
                });
                answered = true;
                continue;
            }
            call.effect = Some(effect);
            self.journaled(&call.intent());
            self.pending.step(call.intent());
            self.open.insert(call);
            writes.push(path);
        }
        self.perform(&reads);
        if !writes.is_empty() || self.pending.is_full() {
            self.record().await?;
        }
        self.perform(&writes);
        Ok(answered)
    }

    /// Opens the ledger's row of a write.
    pub(super) fn begin_effect(&mut self, call: &OpenCall, now: Timestamp) -> EffectId {
        let parts = &self.shared.parts;
        let request = &call.request;
        let function = &request.question.function;
        let id = EffectId(parts.chance.uuid(now));
        self.pending.effect(EffectChange::Begin {
            id,
            kind: function.clone(),
            target: parts.effects.target(function, &request.arguments),
            key: call.key.clone(),
            path: request.path.clone(),
            at: now,
        });
        id
    }

    /// Performs the attempts that these calls count as begun.
    pub(super) fn perform(&mut self, paths: &[StepPath]) {
        for path in paths {
            self.open.perform(path, &self.shared.parts);
        }
    }
}
