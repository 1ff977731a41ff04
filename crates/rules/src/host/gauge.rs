//! What a script may use, measured as it runs: operations, time and memory. And the flag that stops it.
//!
//! Read before each operation, so it is made of plain cells and looks at the clock only now and then.

use std::cell::Cell;
use std::time::{Duration, Instant};

use rhai::Dynamic;

use crate::settings::Limits;

/// The clock is read once in so many operations, a power of two.
const CLOCK_EVERY: u64 = 16;

/// A limit that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tripped {
    /// Too many operations.
    Operations(u64),
    /// Too much time.
    Time(Duration),
    /// Too much memory, in bytes.
    Memory(u64),
}

impl std::fmt::Display for Tripped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Operations(limit) => write!(f, "it took more than {limit} operations"),
            Self::Time(limit) => write!(f, "it took longer than {limit:?}"),
            Self::Memory(limit) => write!(f, "it took more than {} of memory", bytes(*limit)),
        }
    }
}

fn bytes(count: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if count.is_multiple_of(MIB) {
        format!("{} MiB", count / MIB)
    } else {
        format!("{count} bytes")
    }
}

#[derive(Default)]
struct Gauge {
    stopped: Cell<bool>,
    operations: Cell<u64>,
    deadline: Cell<Option<Instant>>,
    /// How long a pass may take.
    pass: Cell<Duration>,
    /// What the thread held before.
    floor: Cell<u64>,
    tripped: Cell<Option<Tripped>>,
}

thread_local! {
    static GAUGE: Gauge = Gauge::default();
}

/// Measures from now on, until it is dropped.
pub(crate) struct Measuring(());

/// Begins to measure.
pub(crate) fn begin(limits: &Limits, memory: Option<fn() -> u64>) -> Measuring {
    GAUGE.with(|gauge| {
        gauge.stopped.set(false);
        gauge.operations.set(0);
        gauge.deadline.set(Instant::now().checked_add(limits.pass));
        gauge.pass.set(limits.pass);
        gauge.floor.set(memory.map_or(0, |held| held()));
        gauge.tripped.set(None);
    });
    Measuring(())
}

impl Drop for Measuring {
    fn drop(&mut self) {
        GAUGE.with(|gauge| {
            gauge.stopped.set(false);
            gauge.deadline.set(None);
        });
    }
}

/// One operation of the script; something where it must not go on.
pub(crate) fn progress(limits: &Limits, memory: Option<fn() -> u64>) -> Option<Dynamic> {
    GAUGE.with(|gauge| {
        if gauge.stopped.get() {
            return Some(Dynamic::UNIT);
        }
        let operations = gauge.operations.get() + 1;
        gauge.operations.set(operations);
        let tripped = if operations > limits.operations {
            Tripped::Operations(limits.operations)
        } else if operations.is_multiple_of(CLOCK_EVERY)
            && gauge.deadline.get().is_some_and(|end| Instant::now() > end)
        {
            Tripped::Time(limits.pass)
        } else if memory
            .is_some_and(|held| held().saturating_sub(gauge.floor.get()) > limits.memory)
        {
            Tripped::Memory(limits.memory)
        } else {
            return None;
        };
        gauge.tripped.set(Some(tripped));
        gauge.stopped.set(true);
        Some(Dynamic::UNIT)
    })
}

/// Whether the time is up: for functions that may take long at once, since the clock is read only once in some operations.
/// The script is stopped then.
pub(crate) fn is_overdue() -> bool {
    GAUGE.with(|gauge| {
        let overdue = gauge.deadline.get().is_some_and(|end| Instant::now() > end);
        if overdue && !gauge.stopped.get() {
            gauge.tripped.set(Some(Tripped::Time(gauge.pass.get())));
            gauge.stopped.set(true);
        }
        overdue
    })
}

/// Raises or lowers the flag that stops the script.
pub(crate) fn set_stopped(stopped: bool) {
    GAUGE.with(|gauge| gauge.stopped.set(stopped));
}

/// Whether the flag is up.
pub(crate) fn is_stopped() -> bool {
    GAUGE.with(|gauge| gauge.stopped.get())
}

/// The limit that was passed, if one was.
pub(crate) fn tripped() -> Option<Tripped> {
    GAUGE.with(|gauge| gauge.tripped.get())
}

/// How many operations it took so far.
pub(crate) fn operations() -> u64 {
    GAUGE.with(|gauge| gauge.operations.get())
}
