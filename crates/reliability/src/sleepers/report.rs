//! What sleeping runs cost, and what they may.

use std::fmt;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;
/// What a process with 100,000 sleeping runs may hold, in bytes.
const MEMORY: u64 = 80 * MIB;
/// How long it may take to start.
const START: Duration = Duration::from_millis(500);
/// How much later than due the last may end.
const LATE: Duration = Duration::from_secs(10);

/// A process at rest.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    /// From its start to being ready.
    pub ready_after: Duration,
    /// Its resident memory, in bytes.
    pub memory: u64,
}

/// What sleeping runs cost.
#[derive(Debug, Clone)]
pub struct SleepersReport {
    /// How many sleep.
    pub sleepers: u64,
    /// How long it took to put them to sleep.
    pub filled_in: Duration,
    /// The size of the database, in bytes.
    pub database: u64,
    /// With an empty database.
    pub empty: Process,
    /// With all of them asleep.
    pub full: Process,
    /// The memory when those that were due have ended, in bytes.
    pub afterwards: u64,
    /// How much later than due each of those ended, sorted.
    pub awake: Vec<Duration>,
}

impl SleepersReport {
    /// What is larger or slower than it may be.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.full.memory > MEMORY {
            wrong.push(format!("it holds more than {} MiB", MEMORY / MIB));
        }
        if self.full.ready_after > START {
            wrong.push(format!("it is ready only after more than {START:?}"));
        }
        if self.last() > LATE {
            wrong.push(format!(
                "the last ended more than {LATE:?} after it was due"
            ));
        }
        wrong
    }

    fn last(&self) -> Duration {
        self.awake.last().copied().unwrap_or(Duration::MAX)
    }

    fn middle(&self) -> Duration {
        let middle = self.awake.get(self.awake.len() / 2);
        middle.copied().unwrap_or(Duration::MAX)
    }
}

impl fmt::Display for SleepersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { empty, full, .. } = self;
        let (sleepers, awake) = (self.sleepers, self.awake.len());
        let mib = |bytes: u64| bytes / MIB;
        writeln!(
            f,
            "sleepers      {sleepers}, put to sleep in {:.1?}; the database has {} MiB",
            self.filled_in,
            mib(self.database)
        )?;
        writeln!(
            f,
            "ready after   {:.0?} empty, {:.0?} with {sleepers} asleep",
            empty.ready_after, full.ready_after
        )?;
        writeln!(
            f,
            "memory        {} MiB empty, {} MiB with {sleepers} asleep, {} MiB after {awake} of them woke",
            mib(empty.memory),
            mib(full.memory),
            mib(self.afterwards)
        )?;
        writeln!(
            f,
            "awake         {awake} due at once ended {:.0?} later in the middle, {:.0?} at most",
            self.middle(),
            self.last()
        )?;
        let wrong = self.wrong();
        if wrong.is_empty() {
            return write!(f, "all is well");
        }
        write!(f, "WRONG: {}", wrong.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_told() {
        let process = |ready_after, memory| Process {
            ready_after: Duration::from_millis(ready_after),
            memory: memory * MIB,
        };
        let mut report = SleepersReport {
            sleepers: 100_000,
            filled_in: Duration::from_mins(1),
            database: 1,
            empty: process(80, 30),
            full: process(120, 60),
            afterwards: 1,
            awake: vec![Duration::from_secs(1)],
        };
        assert!(report.wrong().is_empty());
        report.full = process(700, 90);
        report.awake.push(Duration::from_secs(11));
        assert_eq!(report.wrong().len(), 3);
        report.awake.clear();
        assert_eq!(report.wrong().len(), 3);
    }
}
