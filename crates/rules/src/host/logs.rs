//! What a script logs: keyed by its place, so that a replay repeats none, and by the round, so that each has its own.

use std::time::Duration;

use cuebook_core::failure::CallError;
use cuebook_core::journal::{Cut, Progress};
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::value::Value;

use super::run::Host;

/// What a line costs beside its text, in bytes: an empty one is a row, too.
const LINE: usize = 64;

impl Host {
    /// Logs a line, unless it is stored already.
    pub(crate) fn log(
        &mut self,
        level: LogLevel,
        message: String,
        fields: Value,
        line: Option<u32>,
    ) -> Result<(), CallError> {
        let (place, step) = self.branch.next_line();
        let key = self.rounds.key(place, step);
        self.logged_bytes += LINE + message.len();
        if fields != Value::Unit {
            self.logged_bytes += fields.to_json().to_string().len();
        }
        let limit = self.settings.limits.logs;
        if self.logged_bytes > limit {
            return Err(CallError::new(
                "limit",
                format!("a run may log {} KiB at most", limit / 1024),
            ));
        }
        if !self.input.journal.logged.contains(&key) {
            self.logs.push(LogLine {
                key,
                level,
                message,
                fields,
                at: self.input.now,
                line,
            });
        }
        Ok(())
    }

    /// Marks among the lines that a new round begins, so that its lines are no repetitions. Without more marks, what was
    /// logged before is not logged again.
    pub(crate) fn begin_round(&mut self, delay: Duration, reason: &str) {
        let journaled = self.input.journal.steps.iter();
        let journaled = journaled.map(|(path, entry)| (path, entry.kind, entry.answer.as_ref()));
        let taken = self.steps.iter();
        let taken = taken.map(|step| (&step.path, step.kind, step.answer.as_ref()));
        let steps = journaled.chain(taken);
        let cut = Cut::of(steps.map(|(path, kind, answer)| (path, kind, Progress::of(answer))));
        let Some(key) = self.rounds.mark(cut) else {
            return;
        };
        self.logs.push(LogLine {
            key,
            level: LogLevel::Info,
            message: format!("tries again in {} s: {reason}", delay.as_secs()),
            fields: Value::Unit,
            at: self.input.now,
            line: None,
        });
    }
}
