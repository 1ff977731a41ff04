//! What a check found.

use std::fmt;
use std::time::Duration;

/// What a check found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed, to do it again.
    pub seed: u64,
    /// How often the process was killed.
    pub kills: u32,
    /// How long webhooks were sent.
    pub lasted: Duration,
    /// Webhooks sent.
    pub sent: usize,
    /// Webhooks answered 202.
    pub acknowledged: usize,
    /// Webhooks without an answer.
    pub unanswered: usize,
    /// Webhooks answered something else.
    pub refused: usize,
    /// Events stored of webhooks that were not acknowledged.
    pub stored_unanswered: usize,
    /// Rows of the ledger.
    pub effects: usize,
    /// Rows of the ledger with a doubtful attempt.
    pub doubtful: usize,
    /// Write calls that ended `unknown`.
    pub unknown: usize,
    /// Arrivals beyond the first, each with a doubt in the ledger.
    pub duplicates: usize,
    /// From each start to being ready, sorted.
    pub ready_after: Vec<Duration>,
    /// Everything that must not be; empty if all is well.
    pub wrong: Vec<String>,
}

impl Report {
    /// The longest time from a start to being ready.
    pub fn slowest_start(&self) -> Duration {
        self.ready_after.last().copied().unwrap_or_default()
    }

    fn median_start(&self) -> Duration {
        let middle = self.ready_after.get(self.ready_after.len() / 2);
        middle.copied().unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            kills,
            sent,
            acknowledged,
            unanswered,
            refused,
            stored_unanswered,
            effects,
            doubtful,
            unknown,
            duplicates,
            ..
        } = self;
        writeln!(f, "seed          {seed}")?;
        writeln!(f, "kills         {kills} in {:.0?}", self.lasted)?;
        writeln!(
            f,
            "webhooks      {sent} sent: {acknowledged} acknowledged, {unanswered} unanswered ({stored_unanswered} of them stored), {refused} refused"
        )?;
        writeln!(
            f,
            "effects       {effects}: {doubtful} with a doubtful attempt, {duplicates} arrived again, {unknown} calls ended unknown"
        )?;
        writeln!(
            f,
            "ready after   {:.0?} in the middle, {:.0?} at most",
            self.median_start(),
            self.slowest_start()
        )?;
        if self.wrong.is_empty() {
            return write!(f, "all is well");
        }
        write!(f, "WRONG: {} things", self.wrong.len())?;
        for wrong in self.wrong.iter().take(50) {
            write!(f, "\n- {wrong}")?;
        }
        Ok(())
    }
}
