//! A process that ends at any point: before or after any commit, before or after any attempt at something outside.
//!
//! A child process runs a whole Cuebook and a rule that does everything that can be done, and aborts at its n-th point,
//! for each n that there is. Then it is started again, as often as it takes until it comes to its end. What it leaves
//! behind is compared with what an undisturbed run leaves behind. The other systems live in this process: they survive,
//! and count. All of it is done on SQLite, and on Postgres where `CUEBOOK_TEST_POSTGRES` names a server.

mod chain;
mod child;
mod rules;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use chain::Chain;
use cuebook_core::clock::SystemClock;
use cuebook_pretend::Pretend;
use tokio::runtime::Runtime;

use crate::postgres::Postgres;

/// So many children live at a time.
const AT_ONCE: usize = 6;

/// Where children are ended: `crashes[i]` is the point at which the i-th process of a chain is.
type Crashes = Vec<u64>;

/// Runs a chain for each item of `all`, several at a time, and gives what was wrong.
fn run_all(stage: &Stage, undisturbed: &Chain, all: &[Crashes]) -> Vec<String> {
    let next = AtomicU64::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(crashes) = all.get(take(&next)) {
                    let chain = Chain::run(stage, crashes);
                    let found = chain.unlike(undisturbed);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

fn take(next: &AtomicU64) -> usize {
    usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()
}

/// Where chains are run.
struct Stage {
    runtime: Runtime,
    ticketpark: Pretend,
    /// Without it, on SQLite.
    postgres: Option<Postgres>,
}

impl Stage {
    fn sqlite() -> Self {
        let runtime = Runtime::new().unwrap();
        let ticketpark =
            runtime.block_on(cuebook_testkit::pretend_ticketpark(Arc::new(SystemClock)));
        Self {
            runtime,
            ticketpark,
            postgres: None,
        }
    }

    fn postgres() -> Option<Self> {
        let mut stage = Self::sqlite();
        let what = "no process was ended at each of its points";
        stage.postgres = Some(Postgres::find(&stage.runtime, what)?);
        Some(stage)
    }

    fn undisturbed(&self) -> Chain {
        let chain = Chain::run(self, &[]);
        chain.must_be_complete();
        chain
    }

    fn crash_at_any_point(&self) {
        let undisturbed = self.undisturbed();
        // Which commit is shared by which requests is a matter of chance: some points more than there were this time.
        let last = undisturbed.points() + 4;
        let all: Vec<Crashes> = (1..=last).map(|point| vec![point]).collect();
        let wrong = run_all(self, &undisturbed, &all);
        assert_eq!(wrong, Vec::<String>::new());
    }

    fn crash_while_a_crash_is_recovered_from(&self) {
        let undisturbed = self.undisturbed();
        let points = undisturbed.points();
        // Two in a row, spread over all of the first process's life and the beginning of the second's.
        let all: BTreeSet<Crashes> = (0..12)
            .map(|turn| vec![points * (turn + 1) / 13, 2 + turn * 5 % 17])
            .collect();
        let all: Vec<Crashes> = all.into_iter().collect();
        let wrong = run_all(self, &undisturbed, &all);
        assert_eq!(wrong, Vec::<String>::new());
    }
}

#[test]
fn a_crash_at_any_point_leaves_what_an_undisturbed_run_leaves_and_no_duplicate_without_a_doubt() {
    Stage::sqlite().crash_at_any_point();
}

#[test]
fn a_crash_at_any_point_leaves_the_same_on_postgres() {
    if let Some(stage) = Stage::postgres() {
        stage.crash_at_any_point();
    }
}

#[test]
fn a_crash_while_a_crash_is_recovered_from_changes_nothing_either() {
    Stage::sqlite().crash_while_a_crash_is_recovered_from();
}

#[test]
fn a_crash_while_a_crash_is_recovered_from_changes_nothing_on_postgres_either() {
    if let Some(stage) = Stage::postgres() {
        stage.crash_while_a_crash_is_recovered_from();
    }
}
