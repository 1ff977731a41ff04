//! What a run has gathered and not recorded yet.

use std::time::Duration;

use cuebook_core::RunId;
use cuebook_core::journal::{StepPath, StepRecord};
use cuebook_core::log_line::LogLine;
use cuebook_core::rule::VersionHash;
use cuebook_store::{Checkpoint, EffectChange};
use tokio::time::Instant;

/// So many answers are kept in hand at most.
pub(super) const ANSWERS: usize = 20;
/// So long is an answer kept in hand at most.
pub(super) const AGE: Duration = Duration::from_secs(5);

/// Steps, log lines and changes of the ledger that wait for the next commit.
#[derive(Debug, Default)]
pub(super) struct Pending {
    steps: Vec<StepRecord>,
    logs: Vec<LogLine>,
    effects: Vec<EffectChange>,
    answers: usize,
    oldest: Option<Instant>,
}

impl Pending {
    /// Adds a step; one at the same path that waits here is replaced.
    pub(super) fn step(&mut self, step: StepRecord) {
        self.steps.retain(|other| other.path != step.path);
        self.steps.push(step);
    }

    /// Adds a step whose answer came from outside.
    pub(super) fn answer(&mut self, step: StepRecord) {
        self.step(step);
        self.answers += 1;
        self.oldest.get_or_insert_with(Instant::now);
    }

    /// Adds log lines.
    pub(super) fn logs(&mut self, lines: impl IntoIterator<Item = LogLine>) {
        self.logs.extend(lines);
    }

    /// Adds a change of the ledger.
    pub(super) fn effect(&mut self, change: EffectChange) {
        self.effects.push(change);
    }

    /// Forgets the steps that `keep` does not want.
    pub(super) fn retain_steps(&mut self, keep: impl Fn(&StepPath) -> bool) {
        self.steps.retain(|step| keep(&step.path));
    }

    /// Whether there are as many answers as may be kept in hand.
    pub(super) fn is_full(&self) -> bool {
        self.answers >= ANSWERS
    }

    /// When the oldest answer has to be recorded.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.oldest.map(|oldest| oldest + AGE)
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.logs.is_empty() && self.effects.is_empty()
    }

    /// All that waits, for the next commit; then nothing waits any more.
    pub(super) fn take(&mut self, run: RunId, fence: i64, version: &VersionHash) -> Checkpoint {
        let Self {
            steps,
            logs,
            effects,
            ..
        } = std::mem::take(self);
        let mut checkpoint = Checkpoint::new(run, fence, version.clone());
        (checkpoint.steps, checkpoint.logs, checkpoint.effects) = (steps, logs, effects);
        checkpoint
    }
}

#[cfg(test)]
mod tests {
    use cuebook_core::Timestamp;
    use cuebook_core::journal::{Question, StepKind};

    use super::*;

    fn step(number: u32, attempts: u32) -> StepRecord {
        StepRecord {
            path: StepPath::top(number),
            question: Question {
                function: "http::get".to_owned(),
                digest: String::new(),
            },
            kind: StepKind::Read,
            arguments: Vec::new(),
            answer: None,
            wake_at: None,
            line: None,
            started_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            attempts,
        }
    }

    fn take(pending: &mut Pending) -> Checkpoint {
        let run = RunId(uuid::Uuid::nil());
        pending.take(run, 1, &VersionHash(String::new()))
    }

    #[test]
    fn of_one_step_only_the_last_record_is_kept() {
        let mut pending = Pending::default();
        pending.step(step(0, 1));
        pending.step(step(1, 1));
        pending.step(step(0, 2));
        let attempts: Vec<u32> = take(&mut pending)
            .steps
            .iter()
            .map(|step| step.attempts)
            .collect();
        assert_eq!(attempts, [1, 2]);
        assert!(pending.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn answers_are_kept_for_so_many_and_so_long() {
        let mut pending = Pending::default();
        pending.step(step(0, 1));
        assert_eq!(pending.deadline(), None);
        for number in 1..=20 {
            assert!(!pending.is_full());
            pending.answer(step(number, 1));
        }
        assert!(pending.is_full());
        assert_eq!(pending.deadline(), Some(Instant::now() + AGE));
        take(&mut pending);
        assert!(!pending.is_full());
        assert_eq!(pending.deadline(), None);
    }
}
