//! Where `retry_in` cuts a journal: after its last successful write or long wait. What stands behind is asked again.

use cuebook_core::journal::{Entry, Journal, StepKind, StepPath};

/// The number of the last step in the script that stays; `None` where none does. A `parallel` is one step.
pub(super) fn last_kept(journal: &Journal) -> Option<u32> {
    journal
        .steps
        .iter()
        .rev()
        .find(|(_, entry)| stays(entry))
        .map(|(path, _)| top(path))
}

/// Whether the step at `path` stays when `last` is the last to stay.
pub(super) fn is_kept(path: &StepPath, last: Option<u32>) -> bool {
    last.is_some_and(|last| top(path) <= last)
}

fn stays(entry: &Entry) -> bool {
    match entry.kind {
        StepKind::Write => matches!(entry.answer, Some(Ok(_))),
        StepKind::Wait => entry.answer.is_some(),
        // A recorded send went out with an earlier segment.
        StepKind::Send => true,
        StepKind::Local | StepKind::Read => false,
    }
}

/// The number of the step in the script itself that `path` is or lies within.
fn top(path: &StepPath) -> u32 {
    let text = path.to_string();
    let first = text.split('.').next().unwrap_or_default();
    first.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use cuebook_core::journal::{Question, StepAnswer};
    use cuebook_core::{CallError, Value};

    use super::*;

    fn journal(steps: &[(&str, StepKind, Option<StepAnswer>)]) -> Journal {
        let mut journal = Journal::default();
        for (path, kind, answer) in steps {
            let entry = Entry {
                question: Question {
                    function: String::new(),
                    digest: String::new(),
                },
                kind: *kind,
                answer: answer.clone(),
                wake_at: None,
            };
            journal.steps.insert(path.parse().unwrap(), entry);
        }
        journal
    }

    const DONE: Option<StepAnswer> = Some(Ok(Value::Unit));

    fn thrown() -> StepAnswer {
        Err(CallError::new("status", "409"))
    }

    #[test]
    fn the_last_successful_write_stays_and_what_follows_is_asked_again() {
        let journal = journal(&[
            ("0", StepKind::Read, DONE),
            ("1", StepKind::Write, DONE),
            ("2", StepKind::Read, DONE),
            ("3", StepKind::Write, Some(thrown())),
        ]);
        let last = last_kept(&journal);
        assert_eq!(last, Some(1));
        assert!(is_kept(&StepPath::top(0), last));
        assert!(is_kept(&StepPath::top(1), last));
        assert!(!is_kept(&StepPath::top(2), last));
    }

    #[test]
    fn a_parallel_stays_as_a_whole() {
        let journal = journal(&[
            ("2.0.0", StepKind::Write, DONE),
            ("2.1.0", StepKind::Read, DONE),
            ("3", StepKind::Local, DONE),
        ]);
        let last = last_kept(&journal);
        assert!(is_kept(&"2.1.0".parse().unwrap(), last));
        assert!(!is_kept(&StepPath::top(3), last));
    }

    #[test]
    fn a_wait_that_is_over_stays() {
        let journal = journal(&[("0", StepKind::Wait, DONE), ("1", StepKind::Read, DONE)]);
        assert_eq!(last_kept(&journal), Some(0));
    }

    #[test]
    fn without_a_write_or_wait_nothing_stays() {
        let journal = journal(&[("0", StepKind::Read, DONE), ("1", StepKind::Write, None)]);
        assert_eq!(last_kept(&journal), None);
        assert!(!is_kept(&StepPath::top(0), None));
    }
}
