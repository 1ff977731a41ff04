//! A rehearsal with a crash after every step: all that is in memory is dropped, and the journal read back from the form
//! in which it is stored.

use std::sync::Arc;

use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::journal::{Entry, Journal, Question, StepKind, StepPath, StoredAnswer};

use super::rehearsal::Rehearsal;
use super::standing::Standing;
use crate::outcome::ScriptFailure;

impl Rehearsal {
    /// From now on the rehearsal is as if the process died after every step.
    pub fn crash_everywhere(&mut self) {
        self.crashes = true;
    }

    /// Forgets the journal and reads it back.
    pub(super) fn crash(&mut self) {
        match self.read_back() {
            Ok(journal) => self.journal = Arc::new(journal),
            Err(what) => {
                self.standing = Standing::Failed(ScriptFailure {
                    code: "internal".to_owned(),
                    reason: format!("the journal cannot be read back: {what}"),
                    line: None,
                });
            }
        }
    }

    fn read_back(&self) -> Result<Journal, String> {
        let mut journal = Journal {
            logged: self.logs.iter().map(|line| line.key.clone()).collect(),
            ..Journal::default()
        };
        for (path, entry) in &self.journal.steps {
            let stored =
                StoredAnswer::of(entry.answer.as_ref()).map_err(|error| error.to_string())?;
            let kind = entry.kind.as_str();
            let read = Entry {
                question: Question {
                    function: entry.question.function.clone(),
                    digest: entry.question.digest.clone(),
                },
                kind: StepKind::from_word(kind).ok_or_else(|| format!("step's kind {kind}"))?,
                answer: StoredAnswer::read(stored.threw, stored.bytes.as_deref())
                    .map_err(|error| error.to_string())?,
                wake_at: entry.wake_at.map(|at| from_micros(to_micros(at))),
            };
            let path: StepPath = path
                .to_string()
                .parse()
                .map_err(|error: cuebook_core::journal::NotAPath| error.to_string())?;
            journal.steps.insert(path, read);
        }
        Ok(journal)
    }
}
