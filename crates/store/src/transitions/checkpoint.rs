//! What a running run has to record: steps, logs, changes to the ledger. Part of every transition of a run.

use cuebook_core::RunId;
use cuebook_core::journal::StepRecord;
use cuebook_core::log_line::LogLine;
use cuebook_core::rule::VersionHash;

use super::effect_changes::EffectChange;

/// What a running run has to record.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    /// The run.
    pub run: RunId,
    /// The fence of its claim.
    pub fence: i64,
    /// The version that it runs on; the first one given stays.
    pub version: VersionHash,
    /// Intents, answers, local steps.
    pub steps: Vec<StepRecord>,
    /// Lines that it logged.
    pub logs: Vec<LogLine>,
    /// Changes to the ledger.
    pub effects: Vec<EffectChange>,
}

impl Checkpoint {
    /// A checkpoint that records nothing yet.
    pub fn new(run: RunId, fence: i64, version: VersionHash) -> Self {
        Self {
            run,
            fence,
            version,
            steps: Vec::new(),
            logs: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Whether it records anything.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.logs.is_empty() && self.effects.is_empty()
    }
}
