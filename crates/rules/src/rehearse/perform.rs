//! What a script asks for is answered: from the rehearsal's answers, else from its memory where that is where answers
//! come from.

use cuebook_core::clock::Timestamp;
use cuebook_core::journal::{CallRequest, StepAnswer, StepKind, StepRecord};
use cuebook_core::remembering::{KeyWanted, StateRead};
use cuebook_core::value::Value;

use super::answers::{Answers, Asked};
use super::rehearsal::Rehearsal;
use super::standing::Standing;
use super::world::World;
use crate::pass::Pass;

/// The local functions whose answers the engine makes of the clock and of chance, so that others may be given for them.
const MADE_HERE: [&str; 2] = ["now", "uuid"];

impl Rehearsal {
    /// Answers `calls`; those without an answer end the rehearsal.
    pub(super) fn perform(
        &mut self,
        calls: Vec<CallRequest>,
        world: &mut World,
        answers: &mut dyn Answers,
    ) -> Standing {
        let calls = if self.crashes {
            self.first_asked(calls)
        } else {
            calls
        };
        let mut unanswered = Vec::new();
        for call in calls {
            let asked = Asked {
                function: &call.question.function,
                kind: call.kind,
                arguments: as_asked(&call),
                digest: &call.question.digest,
                path: &call.path,
                line: call.line,
                now: world.now,
            };
            let given = answers.answer(&asked);
            match given.or_else(|| self.remembered(&call, world)) {
                Some(answer) => self.record(answer_to(&call, answer, world.now)),
                None => unanswered.push(call),
            }
        }
        if unanswered.is_empty() {
            Standing::Ready
        } else {
            Standing::Unanswered { calls: unanswered }
        }
    }

    /// Of several calls the one that was asked first. A process that dies between two answers of one `parallel` leaves the
    /// script to run with the first alone; the order of the answers stays what it is without a crash.
    fn first_asked(&mut self, calls: Vec<CallRequest>) -> Vec<CallRequest> {
        for call in &calls {
            if !self.queue.contains(&call.path) {
                self.queue.push_back(call.path.clone());
            }
        }
        while let Some(path) = self.queue.pop_front() {
            if let Some(call) = calls.iter().find(|call| call.path == path) {
                return vec![call.clone()];
            }
        }
        calls
    }

    /// What the memory answers.
    fn remembered(&self, call: &CallRequest, world: &mut World) -> Option<StepAnswer> {
        if let Some(read) = StateRead::of(self.whose(), call) {
            let value = world.memory.get(&read.key).cloned();
            return Some(read.answer(value));
        }
        let wanted = KeyWanted::of(call, world.now)?;
        let event = &self.event;
        let key = (
            event.account.clone(),
            self.rule.clone(),
            event.capture,
            wanted.key,
        );
        let has_it = world.memory.claim(key, self.id, wanted.until, world.now);
        Some(Ok(Value::Bool(has_it)))
    }

    /// Where the rehearsal's answers know better than the clock and chance what a step was answered in this pass, keeps
    /// that and whatever came before. Says whether that was so: the pass counts for nothing then.
    pub(super) fn overrule(
        &mut self,
        pass: &mut Pass,
        now: Timestamp,
        answers: &mut dyn Answers,
    ) -> bool {
        for at in 0..pass.steps.len() {
            let step = &pass.steps[at];
            if !MADE_HERE.contains(&step.question.function.as_str()) {
                continue;
            }
            let better = answers.answer(&Asked {
                function: &step.question.function,
                kind: step.kind,
                arguments: &step.arguments,
                digest: &step.question.digest,
                path: &step.path,
                line: step.line,
                now,
            });
            let Some(better) = better.filter(|better| Some(better) != step.answer.as_ref()) else {
                continue;
            };
            pass.steps.truncate(at + 1);
            pass.steps[at].answer = Some(better);
            for step in std::mem::take(&mut pass.steps) {
                self.record(step);
            }
            return true;
        }
        false
    }
}

/// The arguments that the script gave: those of a local call are followed by what the host adds.
fn as_asked(call: &CallRequest) -> &[Value] {
    let given = match (call.kind, call.question.function.as_str()) {
        (StepKind::Local, cuebook_core::remembering::GET) => 3,
        (StepKind::Local, cuebook_core::remembering::ONCE) => 2,
        _ => call.arguments.len(),
    };
    call.arguments.get(..given).unwrap_or(&call.arguments)
}

fn answer_to(call: &CallRequest, answer: StepAnswer, now: Timestamp) -> StepRecord {
    let attempts = match &answer {
        Err(error) => error.attempts.max(1),
        Ok(_) => 1,
    };
    StepRecord {
        path: call.path.clone(),
        question: call.question.clone(),
        kind: call.kind,
        arguments: call.arguments.clone(),
        answer: Some(answer),
        wake_at: None,
        line: call.line,
        started_at: now,
        ended_at: Some(now),
        attempts,
    }
}
