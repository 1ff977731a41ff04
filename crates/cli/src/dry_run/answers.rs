//! Where the answers of a dry run come from, and which one each step got.

use std::collections::BTreeMap;

use cuebook_core::journal::{StepAnswer, StepKind, StepPath};
use cuebook_rules::rehearse::{Answers, Asked, Given, Recalled, Recorded, accepted};

use crate::past::LiveReads;

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// It was given on the command line.
    Given,
    /// The journal of the event's run.
    Recorded,
    /// The same, for other arguments.
    RecordedForOthers,
    /// The pretend Ticketpark.
    Pretend,
    /// The real system.
    Live,
    /// A write, taken to have been accepted.
    Accepted,
}

impl Source {
    /// In words.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Given => "answer given",
            Self::Recorded => "answer from the run's journal",
            Self::RecordedForOthers => "answer from the run's journal, to other arguments",
            Self::Pretend => "answer of the pretend Ticketpark",
            Self::Live => "asked now",
            Self::Accepted => "not performed",
        }
    }

    /// The word for tools.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Recorded => "recorded",
            Self::RecordedForOthers => "recorded_for_other_arguments",
            Self::Pretend => "pretend",
            Self::Live => "live",
            Self::Accepted => "accepted",
        }
    }
}

/// Answers a dry run.
#[derive(Default)]
pub(crate) struct Answering<'a> {
    /// From the command line.
    pub(crate) given: Given,
    /// From the journal of the event's run.
    pub(crate) recorded: Recorded,
    /// From the pretend Ticketpark.
    pub(crate) pretend: Option<&'a LiveReads>,
    /// From the real systems.
    pub(crate) live: Option<&'a LiveReads>,
    /// Which step got which.
    pub(crate) sources: BTreeMap<StepPath, Source>,
}

impl Answering<'_> {
    fn find(&mut self, asked: &Asked<'_>) -> Option<(StepAnswer, Source)> {
        if let Some(answer) = self.given.answer(asked) {
            return Some((answer, Source::Given));
        }
        if let Some(Recalled { answer, exact }) = self.recorded.answer(asked) {
            let source = if exact {
                Source::Recorded
            } else {
                Source::RecordedForOthers
            };
            return Some((answer, source));
        }
        match asked.kind {
            StepKind::Write => Some((Ok(accepted()), Source::Accepted)),
            StepKind::Read => {
                let is_ticketpark = asked.function.starts_with("ticketpark::");
                let pretend = self.pretend.filter(|_| is_ticketpark);
                let pretended = pretend
                    .and_then(|pretend| pretend.answer(asked))
                    .map(|answer| (answer, Source::Pretend));
                pretended.or_else(|| Some((self.live?.answer(asked)?, Source::Live)))
            }
            StepKind::Local | StepKind::Wait | StepKind::Send => None,
        }
    }
}

impl Answers for Answering<'_> {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        let (answer, source) = self.find(asked)?;
        self.sources.insert(asked.path.clone(), source);
        Some(answer)
    }
}
