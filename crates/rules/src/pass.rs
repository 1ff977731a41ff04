//! What a pass of a script is given, and what comes of it.

use std::sync::Arc;

use cuebook_core::chance::Chance;
use cuebook_core::clock::Timestamp;
use cuebook_core::event::Event;
use cuebook_core::ids::RunId;
use cuebook_core::journal::{Journal, SendRequest, StepRecord};
use cuebook_core::log_line::LogLine;

use crate::outcome::Outcome;

/// What a pass of a script is given. Cheap to clone.
#[derive(Clone)]
pub struct PassInput {
    /// The run's event.
    pub event: Arc<Event>,
    /// The run.
    pub run: RunId,
    /// How often it was begun anew.
    pub generation: u32,
    /// What was asked and answered before. To add to it after a pass, use [`Arc::make_mut`]: nobody else holds it then.
    pub journal: Arc<Journal>,
    /// The present moment.
    pub now: Timestamp,
    /// Where `uuid()` comes from.
    pub chance: Arc<dyn Chance>,
}

/// The input of a pass that goes to another thread and comes back.
pub type OwnedInput = PassInput;

/// What came of a pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// How it ended.
    pub outcome: Outcome,
    /// The steps that were answered in this pass, to be journaled.
    pub steps: Vec<StepRecord>,
    /// The lines that were logged and are not stored yet.
    pub logs: Vec<LogLine>,
    /// The sends of the current segment: those that do not stand in the journal.
    pub sends: Vec<SendRequest>,
    /// How many operations it took.
    pub operations: u64,
}
