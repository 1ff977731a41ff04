//! Random programs, random crashes, random orders of answers: whatever comes together, the journal and the outcome are those
//! of the same program when nothing disturbs it, each effect is done once or its row in the ledger has a doubt, and the
//! books close.
//!
//! A case follows from a seed, which a failure prints: `CUEBOOK_INTERLEAVINGS_SEED=N` plays it alone, some times over, since
//! the order in which tasks get the processor does not follow from it. `CUEBOOK_INTERLEAVINGS_SECONDS=N` goes on with ever
//! other seeds for so long. Where `CUEBOOK_TEST_POSTGRES` names a server, each third case is played there.

mod crash;
mod model;
mod peers;
mod play;
mod program;
mod random;
mod render;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crash::EndsAt;
use cuebook_core::chance::{Chance as _, SystemChance};
use cuebook_store::Store;
use play::{Played, play};
use program::{Program, programs};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::aftermath::ONCE;
use crate::postgres::Postgres;

/// So many cases are played at a time.
const AT_ONCE: usize = 4;
/// For so long cases are played, if nothing else is said.
const SECONDS: u64 = 15;
/// So many failures are told of; then it is over.
const FAILURES: usize = 3;
/// So often a failing case is made smaller at most.
const SMALLER: usize = 24;
/// So often a case is played that was asked for by its seed.
const AGAIN: usize = 20;

/// What is played.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// One rule each, for the same events.
    programs: Vec<Program>,
    /// How many bookings there are.
    bookings: usize,
    /// How many events each of them has.
    events: usize,
    /// At which of their points the first images end.
    crashes: Vec<EndsAt>,
    /// In which order answers and events come.
    timing: u64,
}

impl Case {
    fn named(&self) -> impl Iterator<Item = (String, &Program)> {
        let names = ["a", "b", "c"].into_iter().map(str::to_owned);
        names.zip(&self.programs)
    }

    fn subjects(&self) -> impl Iterator<Item = String> {
        (1..=self.bookings).map(|number| format!("b{number}"))
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        1..=self.events
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let point = prop_oneof![1..12_u64, 1..40_u64, 1..120_u64];
    let in_good_order = prop_oneof![3 => Just(false), 1 => Just(true)];
    let ends = (point, in_good_order).prop_map(|(point, in_good_order)| EndsAt {
        point,
        in_good_order,
    });
    let parts = (
        vec(programs(), 1..3),
        1..3_usize,
        1..3_usize,
        vec(ends, 1..3),
        any::<u64>(),
    );
    parts.prop_map(|(programs, bookings, events, crashes, timing)| Case {
        programs,
        bookings,
        events,
        crashes,
        timing,
    })
}

/// Where a case is played: on files that are copied from one with a schema, or on Postgres.
struct Place {
    model: TempDir,
    postgres: Option<Postgres>,
}

const FILE: &str = "cuebook.db";

impl Place {
    fn new(runtime: &Runtime, postgres: Option<Postgres>) -> Self {
        let model = TempDir::new().unwrap();
        let url = format!("sqlite://{}", model.path().join(FILE).display());
        runtime.block_on(Store::migrate(&url)).unwrap();
        Self { model, postgres }
    }

    /// A database; the URL of one that is no file in `folder`.
    async fn fresh(&self, folder: &Path) -> Option<String> {
        if let Some(postgres) = &self.postgres {
            return Some(postgres.fresh().await);
        }
        std::fs::copy(self.model.path().join(FILE), folder.join(FILE)).unwrap();
        None
    }
}

/// What is wrong with a case; nothing, if all is well.
async fn wrong_with(case: &Case, place: &Place) -> Vec<String> {
    let undisturbed = match play(case, &[], 0, place).await {
        Ok(played) => played,
        Err(wrong) => return vec![format!("undisturbed: {wrong}")],
    };
    let mut wrong = told_by_model(&undisturbed, "undisturbed");
    match play(case, &case.crashes, case.timing, place).await {
        Ok(disturbed) => {
            wrong.extend(told_by_model(&disturbed, "disturbed"));
            wrong.extend(disturbed.outside.unlike(&undisturbed.outside));
            let (mine, its) = (
                disturbed.end.comparable(&undisturbed.end),
                undisturbed.end.comparable(&undisturbed.end),
            );
            if mine != its {
                wrong.push(difference(&format!("{its:#?}"), &format!("{mine:#?}")));
            }
        }
        Err(told) => wrong.push(told),
    }
    wrong
}

/// Compares what was played with what the program says.
fn told_by_model(played: &Played, which: &str) -> Vec<String> {
    let mut wrong = played.outside.against(&played.end);
    wrong.extend(played.end.findings.iter().cloned());
    let arrivals = played.outside.arrivals();
    let expected = || played.expected.iter().flat_map(|one| &one.arrivals);
    // What was not made again for doubt may never have arrived.
    let lost = expected().filter(|one| !arrivals.contains(*one) && !one.contains(ONCE));
    wrong.extend(lost.map(|lost| format!("never arrived: {lost}")));
    let new = arrivals
        .iter()
        .filter(|one| !expected().any(|other| other == *one));
    wrong.extend(new.map(|new| format!("should not have arrived: {new}")));
    let mut states: Vec<&str> = Vec::new();
    for run in played.end.events.iter().flat_map(|event| &event.runs) {
        if run.rule != "told/told" {
            states.push(&run.state);
        } else if run.state != "completed" {
            wrong.push(format!("{run:#?}"));
        }
    }
    states.sort_unstable();
    let mut expected: Vec<&str> = played.expected.iter().map(|one| one.state).collect();
    expected.sort_unstable();
    if states != expected {
        wrong.push(format!("runs are {states:?} instead of {expected:?}"));
    }
    wrong
        .into_iter()
        .map(|what| format!("{which}: {what}"))
        .collect()
}

/// The lines of two texts that differ, with some before them.
fn difference(its: &str, mine: &str) -> String {
    let (its, mine): (Vec<&str>, Vec<&str>) = (its.lines().collect(), mine.lines().collect());
    let same = its
        .iter()
        .zip(&mine)
        .take_while(|(its, mine)| its == mine)
        .count();
    let part = |lines: &[&str]| {
        let begin = same.saturating_sub(30).min(lines.len());
        lines[begin..lines.len().min(same + 20)].join("\n")
    };
    format!("undisturbed:\n{}\ndisturbed:\n{}", part(&its), part(&mine))
}

/// A seed's case, and what it can be made smaller with.
fn tree(seed: u64) -> impl ValueTree<Value = Case> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    cases().new_tree(&mut runner).unwrap()
}

/// Plays a seed's case; a failing one is made smaller and told of.
fn failure(seed: u64, runtime: &Runtime, place: &Place) -> Option<String> {
    let mut tree = tree(seed);
    let mut case = tree.current();
    let mut wrong = runtime.block_on(wrong_with(&case, place));
    if wrong.is_empty() {
        return None;
    }
    for _ in 0..SMALLER {
        if !tree.simplify() {
            break;
        }
        let found = runtime.block_on(wrong_with(&tree.current(), place));
        if !found.is_empty() {
            (case, wrong) = (tree.current(), found);
        } else if !tree.complicate() {
            break;
        }
    }
    let mut told = format!("seed {seed}");
    let on = if place.postgres.is_some() {
        "Postgres"
    } else {
        "SQLite"
    };
    let Case {
        bookings,
        events,
        crashes,
        timing,
        ..
    } = &case;
    let _ = writeln!(
        told,
        " on {on}: {bookings} bookings with {events} events each, {crashes:?}, timing {timing}"
    );
    for (name, program) in case.named() {
        let _ = writeln!(
            told,
            "--- {name}\n{}",
            render::render(program, &name, "PEER")
        );
    }
    let _ = writeln!(told, "---\n{}", wrong.join("\n"));
    Some(told)
}

/// A whole number from the environment.
fn from_environment(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long and from where comes from outside"
    )]
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn random_programs_end_the_same_whatever_crashes_and_however_answers_come() {
    let runtime = Runtime::new().unwrap();
    let postgres = Postgres::find(&runtime, "no random program was run");
    let sqlite = Place::new(&runtime, None);
    let postgres = postgres.map(|postgres| Place::new(&runtime, Some(postgres)));
    let seconds = from_environment("CUEBOOK_INTERLEAVINGS_SECONDS").unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let asked = from_environment("CUEBOOK_INTERLEAVINGS_SEED");
    let next = AtomicU64::new(asked.unwrap_or_else(|| {
        let [a, b, c, d, ..] = SystemChance::default().bytes();
        u64::from(u32::from_le_bytes([a, b, c, d]))
    }));
    let played = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let number = played.fetch_add(1, Ordering::SeqCst);
                    let is_over = match asked {
                        Some(_) => number >= AGAIN,
                        None => Instant::now() > end,
                    };
                    if is_over || failures.lock().unwrap().len() >= FAILURES {
                        played.fetch_sub(1, Ordering::SeqCst);
                        return;
                    }
                    let seed = asked.unwrap_or_else(|| next.fetch_add(1, Ordering::SeqCst));
                    let place = match &postgres {
                        Some(postgres) if number % 3 == 2 => postgres,
                        _ => &sqlite,
                    };
                    if let Some(found) = failure(seed, &runtime, place) {
                        failures.lock().unwrap().push(found);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let played = played.into_inner();
    let figures = format!("{played} random cases were played\n");
    std::io::stderr().write_all(figures.as_bytes()).unwrap();
    assert!(
        failures.is_empty(),
        "of {played} cases:\n{}",
        failures.join("\n")
    );
    assert!(played > 3, "only {played} cases were played");
}
