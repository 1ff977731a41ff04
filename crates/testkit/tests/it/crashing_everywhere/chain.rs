//! Processes one after another on the same data, each but the last ended at a point of its life.

use tempfile::TempDir;

use super::Stage;
use super::child::{self, Order};
use crate::aftermath::{End, Outside};
use crate::postgres::let_leases_run_out;

/// After so many processes a chain has to have come to its end.
const LONGEST: usize = 4;

/// A chain that has ended.
pub(super) struct Chain {
    crashes: Vec<u64>,
    outside: Outside,
    end: Option<(End, u64)>,
    log: String,
}

impl Chain {
    /// Runs processes until one comes to its end; the first are ended at `crashes`.
    pub(super) fn run(stage: &Stage, crashes: &[u64]) -> Self {
        let runtime = &stage.runtime;
        let folder = TempDir::new().unwrap();
        let outside = runtime.block_on(Outside::start(Outside::alike));
        let database = stage.postgres.as_ref();
        let database = database.map(|postgres| runtime.block_on(postgres.fresh()));
        let mut log = String::new();
        for process in 0..LONGEST {
            let order = Order {
                peer: outside.http.url(""),
                mail: outside.mail.url(),
                ticketpark: stage.ticketpark.url(),
                database: database.clone(),
                crash_at: crashes.get(process).copied(),
            };
            let status = child::run(folder.path(), &order);
            log = child::log(folder.path());
            if status.success() {
                break;
            }
            if let Some(url) = &database {
                runtime.block_on(let_leases_run_out(url));
            }
        }
        if let (Some(postgres), Some(url)) = (&stage.postgres, &database) {
            runtime.block_on(postgres.remove(url));
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
        self.end.as_ref().map_or(0, |(_, points)| *points)
    }

    /// This chain is what others are compared with.
    pub(super) fn must_be_complete(&self) {
        let Some((end, points)) = &self.end else {
            panic!("no end:\n{}", self.log)
        };
        assert_eq!(end.events.len(), 2, "{end:#?}");
        assert!(end.effects().count() >= 9, "{end:#?}");
        let is_done = |state: &str| state == "done";
        assert!(
            end.effects()
                .all(|effect| is_done(&effect.state) && effect.doubts == 0),
            "{end:#?}"
        );
        assert_eq!(self.outside.against(end), Vec::<String>::new());
        assert_eq!(end.findings, Vec::<String>::new());
        assert!(*points > 50, "{end:#?}");
    }

    /// What is wrong with this chain, and how it differs from one that nothing disturbed.
    pub(super) fn unlike(&self, undisturbed: &Self) -> Vec<String> {
        let at = format!("ended at {:?}", self.crashes);
        let (Some((end, _)), Some((model, _))) = (&self.end, &undisturbed.end) else {
            return vec![format!("{at}: it never came to an end:\n{}", self.log)];
        };
        let mut wrong = self.outside.against(end);
        let (mine, its) = (end.comparable(model), model.comparable(model));
        if mine != its {
            wrong.push(format!("{mine:#?} instead of {its:#?}"));
        }
        wrong.extend(self.outside.unlike(&undisturbed.outside));
        wrong
            .into_iter()
            .map(|what| format!("{at}: {what}"))
            .collect()
    }
}
