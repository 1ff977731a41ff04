//! `rate`: a call to a host that the rule turns to too often waits for its turn. Until then nothing has begun: no attempt
//! counts, and no write is announced. A turn that is far off ends the segment, like a long pause between two attempts.

use cuebook_core::Timestamp;
use cuebook_core::journal::StepPath;

use super::open_calls::OpenCall;
use super::passes::Drive;

impl Drive<'_> {
    /// When it is the call's turn; `None` for at once.
    pub(super) fn turn(&self, call: &OpenCall) -> Option<Timestamp> {
        let rate = self.loaded.rate?;
        let parts = &self.shared.parts;
        let request = &call.request;
        let function = &request.question.function;
        let host = parts.effects.host_of_call(function, &request.arguments)?;
        let now = parts.clock.now();
        self.shared
            .rates
            .turn(self.run.rule.as_str(), &host, rate, &call.key, now)
    }

    /// Lets a call wait whose first attempt is not begun.
    pub(super) fn wait_for_turn(&mut self, mut call: OpenCall, turn: Timestamp) {
        call.attempts = 0;
        call.due = Some(turn);
        self.journaled(&call.intent());
        self.open.insert(call);
    }

    /// Of calls whose next attempt is due, those whose turn it is; the others wait on.
    pub(super) fn whose_turn_it_is(&mut self, mut due: Vec<StepPath>) -> Vec<StepPath> {
        due.retain(|path| {
            let turn = self.open.get(path).and_then(|call| self.turn(call));
            if let (Some(turn), Some(call)) = (turn, self.open.get_mut(path)) {
                call.due = Some(turn);
            }
            turn.is_none()
        });
        due
    }
}
