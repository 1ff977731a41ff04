//! What a script logs: keyed by its place, so that a replay repeats none.

use cuebook_core::failure::CallError;
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
        let key = self.branch.next_line();
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
}
