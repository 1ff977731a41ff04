//! The process that an attack is run in: this test's own binary, started again for the one test in here. What ends it ends
//! nothing else, and what it needs is its own. Which attack stands in a file of the folder that it is started in.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use cuebook_rules::{Engine, Outcome, PassInput, Program, ScriptPool};
use serde::{Deserialize, Serialize};

use super::attack::Attack;
use super::usage::{cpu_time, peak};
use crate::driver::{compile, run, settings};
use crate::memory::held;

const ORDER: &str = "attack";
const REPORT: &str = "report.json";
/// A rule as people write them.
const GOOD: &str = r#"
    let seats = [];
    for row in 1..=20 { for seat in 1..=10 { seats.push(#{ row: row, seat: seat, price: decimal("25.50") }); } }
    let rows = seats.filter(|s| s.seat % 2 == 0).group_by(|s| s.row);
    let total = decimal("0");
    for seat in seats { total += seat.price; }
    log::info(`${rows.len()} rows, ${total}`);
"#;
/// How many passes of the good rule are timed before the attack.
const ALONE: usize = 60;
/// An attack that takes so long is done once.
const LONG_ENOUGH: Duration = Duration::from_millis(500);
/// How many at least are timed beside it.
const BESIDE: usize = 40;

/// What came of an attack.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Report {
    /// How it ended: a failed run's code, `refused`, or something else that no attack should come to.
    pub(super) code: String,
    pub(super) reason: String,
    /// The processor time of compiling it, and of its pass.
    pub(super) compiling: Duration,
    pub(super) pass: Duration,
    /// By how much the process grew at most, in bytes.
    pub(super) peak: u64,
    /// What its thread still holds afterwards, in bytes.
    pub(super) left: i64,
    /// How long a good rule's pass takes, alone and beside the attack.
    pub(super) alone: Good,
    pub(super) beside: Good,
}

/// How long a pass takes: of its thread's processor, and from when it was handed over until its answer is there.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Good {
    pub(super) processor: Duration,
    pub(super) waited: Duration,
}

/// Runs the attack called `name` in a process of its own. What it said, if it did not come to its end.
pub(super) fn attack(name: &str) -> Result<Report, String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(ORDER), name).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["hostile::child::works", "--exact", "--ignored"])
        .args(["--nocapture", "--test-threads", "1"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let report = fs::read(folder.path().join(REPORT)).ok();
    match report.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(report) if output.status.success() => Ok(report),
        _ => Err(format!(
            "{}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

#[test]
#[ignore = "it is the child process of the test beside it"]
fn works() {
    // Without an order there is nothing to do.
    let Ok(name) = fs::read_to_string(ORDER) else {
        return;
    };
    let mut settings = settings();
    settings.memory = Some(held);
    let engine = Engine::new(settings).unwrap();
    let report = report(&engine, &Attack::read(&name));
    fs::write(Path::new(REPORT), serde_json::to_vec(&report).unwrap()).unwrap();
}

fn report(engine: &Engine, attack: &Attack) -> Report {
    let good = Arc::new(compile(engine, GOOD));
    let input = run("").input;
    let before = peak();
    let (compiled, compiling) = on_a_big_stack(|| {
        let begun = cpu_time();
        let compiled = attack.compile(engine);
        (compiled, cpu_time().saturating_sub(begun))
    });
    let mut report = Report {
        code: "refused".to_owned(),
        reason: String::new(),
        compiling,
        pass: Duration::ZERO,
        peak: 0,
        left: 0,
        alone: Good::default(),
        beside: Good::default(),
    };
    match compiled {
        Err(reason) => report.reason = reason,
        Ok(program) => measure(engine, Arc::new(program), &good, &input, &mut report),
    }
    report.peak = peak().saturating_sub(before);
    report
}

/// Runs the attack on one thread, and a good rule on another.
fn measure(
    engine: &Engine,
    program: Arc<Program>,
    good: &Arc<Program>,
    input: &PassInput,
    report: &mut Report,
) {
    let pool = ScriptPool::new(engine.clone(), 1).unwrap();
    let alone: Vec<Good> = (0..ALONE).map(|_| timed(&pool, good, input)).collect();
    report.alone = usual(&alone);

    let idle = Arc::new(compile(engine, ""));
    let engine = engine.clone();
    let input_of_attack = input.clone();
    let passes = Arc::new(AtomicUsize::new(0));
    let enough = Arc::new(AtomicBool::new(false));
    let (counted, stop) = (Arc::clone(&passes), Arc::clone(&enough));
    // Not in the pool, since what its thread holds has to be read before and after.
    let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024);
    let attack = thread
        .spawn(move || {
            // What is made once and kept is no leak.
            drop(engine.advance(&idle, &input_of_attack));
            let before = held();
            let started = Instant::now();
            let mut longest = Duration::ZERO;
            loop {
                let begun = cpu_time();
                let pass = engine.advance(&program, &input_of_attack);
                longest = longest.max(cpu_time().saturating_sub(begun));
                let outcome = pass.outcome.clone();
                drop(pass);
                // Again and again, until the other has been timed often enough.
                counted.fetch_add(1, Ordering::SeqCst);
                if stop.load(Ordering::SeqCst) || started.elapsed() > LONG_ENOUGH {
                    let size = outcome_size(&outcome);
                    let left = held().cast_signed() - before.cast_signed() - size;
                    return (ending(outcome), longest, left);
                }
            }
        })
        .unwrap();
    let mut beside = Vec::new();
    while passes.load(Ordering::SeqCst) == 0 || beside.len() < BESIDE {
        beside.push(timed(&pool, good, input));
    }
    enough.store(true, Ordering::SeqCst);
    ((report.code, report.reason), report.pass, report.left) = attack.join().unwrap();
    report.beside = usual(&beside);
}

fn outcome_size(outcome: &Outcome) -> i64 {
    let Outcome::Failed(failure) = outcome else {
        return 0;
    };
    i64::try_from(failure.code.capacity() + failure.reason.capacity()).unwrap()
}

fn ending(outcome: Outcome) -> (String, String) {
    match outcome {
        Outcome::Failed(failure) => (failure.code, failure.reason),
        other => {
            let text = format!("{other:?}").chars().take(200).collect();
            ("other".to_owned(), text)
        }
    }
}

/// One pass of a good rule.
fn timed(pool: &ScriptPool, program: &Arc<Program>, input: &PassInput) -> Good {
    let (sender, receiver) = channel();
    let begun = Instant::now();
    pool.advance(
        Arc::clone(program),
        input.clone(),
        Box::new(move |pass, _| sender.send((pass.outcome, cpu_time())).unwrap()),
    );
    let (outcome, total) = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(outcome, Outcome::Completed);
    Good {
        processor: total,
        waited: begun.elapsed(),
    }
}

/// What a pass takes: of the processor in the middle of all (the system counts it in larger steps), and of waiting what a
/// tenth of them takes at most, since what others on the machine do shows in the slow ones.
fn usual(times: &[Good]) -> Good {
    let (first, last) = (times[0].processor, times[times.len() - 1].processor);
    let passes = u32::try_from(times.len() - 1).unwrap();
    let mut waited: Vec<Duration> = times.iter().map(|time| time.waited).collect();
    waited.sort();
    Good {
        processor: last.saturating_sub(first) / passes,
        waited: waited[waited.len() / 10],
    }
}

fn on_a_big_stack<R: Send>(act: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 * 1024 * 1024);
        thread.spawn_scoped(scope, act).unwrap().join().unwrap()
    })
}
