//! Processes one after another on the same data, each but the last ended at a point of its life.

use std::collections::BTreeSet;

use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::child::{self, Order};
use super::end::End;
use super::outside::Outside;
use super::rules::ONCE;

/// After so many processes a chain has to have come to its end.
const LONGEST: usize = 4;

/// A chain that has ended.
pub(super) struct Chain {
    crashes: Vec<u64>,
    outside: Outside,
    end: Option<End>,
    log: String,
}

impl Chain {
    /// Runs processes until one comes to its end; the first are ended at `crashes`.
    pub(super) fn run(runtime: &Runtime, ticketpark: &str, crashes: &[u64]) -> Self {
        let folder = TempDir::new().unwrap();
        let outside = Outside::start(runtime);
        let mut log = String::new();
        for process in 0..LONGEST {
            let order = Order {
                peer: outside.http.url(""),
                mail: outside.mail.url(),
                ticketpark: ticketpark.to_owned(),
                crash_at: crashes.get(process).copied(),
            };
            let status = child::run(folder.path(), &order);
            log = child::log(folder.path());
            if status.success() {
                break;
            }
        }
        Self {
            crashes: crashes.to_vec(),
            end: child::end(folder.path()),
            outside,
            log,
        }
    }

    /// How many points the process that came to the end has passed.
    pub(super) fn points(&self) -> u64 {
        self.end.as_ref().map_or(0, |end| end.points)
    }

    /// This chain is what others are compared with.
    pub(super) fn must_be_complete(&self) {
        let end = self.end.as_ref();
        let end = end.unwrap_or_else(|| panic!("no end:\n{}", self.log));
        assert_eq!(end.events.len(), 2, "{end:#?}");
        assert!(end.effects().count() >= 9, "{end:#?}");
        let is_done = |state: &str| state == "done";
        assert!(
            end.effects()
                .all(|effect| is_done(&effect.state) && effect.doubts == 0),
            "{end:#?}"
        );
        assert_eq!(self.outside.against(end), Vec::<String>::new());
        assert!(self.points() > 50, "{end:#?}");
    }

    /// What is wrong with this chain, and how it differs from one that nothing disturbed.
    pub(super) fn unlike(&self, undisturbed: &Self) -> Vec<String> {
        let at = format!("ended at {:?}", self.crashes);
        let (Some(end), Some(model)) = (&self.end, &undisturbed.end) else {
            return vec![format!("{at}: it never came to an end:\n{}", self.log)];
        };
        let mut wrong = self.outside.against(end);
        let (mine, its) = (end.comparable(model), model.comparable(model));
        if mine != its {
            wrong.push(format!("{mine:#?} instead of {its:#?}"));
        }
        let missing = |asked: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
            asked.difference(other).cloned().collect()
        };
        let (asked, model) = (self.outside.asked(), undisturbed.outside.asked());
        let lost = missing(&model, &asked).into_iter();
        // What was not made again for doubt may never have arrived.
        let lost = lost.filter(|lost| !lost.starts_with(&format!("POST {ONCE} ")));
        wrong.extend(lost.map(|lost| format!("lost: {lost}")));
        let new = missing(&asked, &model).into_iter();
        wrong.extend(new.map(|new| format!("never asked for: {new}")));
        wrong
            .into_iter()
            .map(|what| format!("{at}: {what}"))
            .collect()
    }
}
