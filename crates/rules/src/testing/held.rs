//! The mails that a budget holds, as the server would: what is over waits for a person.

use cuebook_core::clock::Timestamp;
use cuebook_core::rule::{Budget, RuleName};
use cuebook_core::send::PreparedSend;

use super::emails::SEND;
use super::stage::Stage;

/// The mails that the rule's budget holds for a person: those that are over, in the order in which they were sent.
pub(super) struct Held<'a>(Vec<&'a str>);

impl<'a> Held<'a> {
    /// Those of the runs of `rule`.
    pub(super) fn of(stage: &'a Stage, rule: &RuleName) -> Self {
        let mut sent: Vec<(Timestamp, &str, Budget)> = Vec::new();
        for run in stage.runs.iter().filter(|run| run.rule() == rule) {
            for segment in run.segments() {
                let mails = segment
                    .sends
                    .iter()
                    .filter(|send| send.question.function == SEND);
                let parts = mails.flat_map(|send| &send.parts);
                sent.extend(
                    parts.map(|part| (segment.at, part.key.as_str(), run.options().budget)),
                );
            }
        }
        sent.sort_by_key(|(at, ..)| *at);
        let mut through: Vec<Timestamp> = Vec::new();
        let mut held = Vec::new();
        for (at, key, budget) in sent {
            let since = chrono::TimeDelta::from_std(budget.per)
                .ok()
                .and_then(|per| at.checked_sub_signed(per));
            let lately = through
                .iter()
                .filter(|before| since.is_none_or(|since| **before > since));
            if lately.count() >= usize::try_from(budget.emails).unwrap_or(usize::MAX) {
                held.push(key);
            } else {
                through.push(at);
            }
        }
        Self(held)
    }

    /// Whether it holds this one.
    pub(super) fn has(&self, part: &PreparedSend) -> bool {
        self.0.contains(&part.key.as_str())
    }
}
