//! Where a journal is cut when its run is to be tried again: after the last successful write or long wait. What stands
//! behind is asked anew. A `parallel` is one step.

use super::{Journal, StepAnswer, StepKind, StepPath, is_refusal};

/// A place to cut a journal at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The number of the last step in the script that stays; `None` where none does.
    last: Option<u32>,
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Its answer is outstanding.
    Open,
    /// It was answered with a value.
    Answered,
    /// It threw, or the other side refused.
    Threw,
}

impl Progress {
    /// How far a step with this answer has come.
    pub fn of(answer: Option<&StepAnswer>) -> Self {
        match answer {
            None => Self::Open,
            Some(Ok(value)) if !is_refusal(value) => Self::Answered,
            Some(_) => Self::Threw,
        }
    }
}

impl Cut {
    /// Where to cut a journal that has these steps, in any order.
    pub fn of<'a>(steps: impl IntoIterator<Item = (&'a StepPath, StepKind, Progress)>) -> Self {
        let last = steps
            .into_iter()
            .filter(|(_, kind, progress)| stays(*kind, *progress))
            .map(|(path, ..)| path.top_number())
            .max();
        Self { last }
    }

    /// Where to cut `journal`.
    pub fn of_journal(journal: &Journal) -> Self {
        Self::of(
            journal
                .steps
                .iter()
                .map(|(path, entry)| (path, entry.kind, Progress::of(entry.answer.as_ref()))),
        )
    }

    /// How many steps in the script stay.
    pub fn kept(self) -> u32 {
        self.last.map_or(0, |last| last.saturating_add(1))
    }

    /// Whether the step at `path` stays.
    pub fn keeps(self, path: &StepPath) -> bool {
        self.last.is_some_and(|last| path.top_number() <= last)
    }
}

fn stays(kind: StepKind, progress: Progress) -> bool {
    match kind {
        StepKind::Write => progress == Progress::Answered,
        StepKind::Wait => progress != Progress::Open,
        // A recorded send went out with an earlier segment, unless it could not be prepared.
        StepKind::Send => progress != Progress::Threw,
        StepKind::Local | StepKind::Read => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(steps: &[(&str, StepKind, Progress)]) -> Cut {
        let steps: Vec<(StepPath, StepKind, Progress)> = steps
            .iter()
            .map(|(path, kind, progress)| (path.parse().unwrap(), *kind, *progress))
            .collect();
        Cut::of(
            steps
                .iter()
                .map(|(path, kind, progress)| (path, *kind, *progress)),
        )
    }

    #[test]
    fn the_last_successful_write_stays_and_what_follows_is_asked_again() {
        let cut = cut(&[
            ("0", StepKind::Read, Progress::Answered),
            ("1", StepKind::Write, Progress::Answered),
            ("2", StepKind::Read, Progress::Answered),
            ("3", StepKind::Write, Progress::Threw),
        ]);
        assert!(cut.keeps(&StepPath::top(0)));
        assert!(cut.keeps(&StepPath::top(1)));
        assert!(!cut.keeps(&StepPath::top(2)));
    }

    #[test]
    fn a_parallel_stays_as_a_whole() {
        let cut = cut(&[
            ("2.0.0", StepKind::Write, Progress::Answered),
            ("2.1.0", StepKind::Read, Progress::Answered),
            ("3", StepKind::Local, Progress::Answered),
        ]);
        assert!(cut.keeps(&"2.1.0".parse().unwrap()));
        assert!(!cut.keeps(&StepPath::top(3)));
    }

    #[test]
    fn a_wait_that_is_over_and_what_was_sent_stay() {
        let over = cut(&[
            ("0", StepKind::Wait, Progress::Answered),
            ("1", StepKind::Wait, Progress::Open),
        ]);
        assert!(over.keeps(&StepPath::top(0)));
        assert!(!over.keeps(&StepPath::top(1)));
        let sent = cut(&[("0", StepKind::Send, Progress::Answered)]);
        assert!(sent.keeps(&StepPath::top(0)));
        let not_prepared = cut(&[("0", StepKind::Send, Progress::Threw)]);
        assert!(!not_prepared.keeps(&StepPath::top(0)));
    }

    #[test]
    fn without_a_write_or_wait_nothing_stays() {
        let cut = cut(&[
            ("0", StepKind::Read, Progress::Answered),
            ("1", StepKind::Write, Progress::Open),
        ]);
        assert!(!cut.keeps(&StepPath::top(0)));
    }
}
