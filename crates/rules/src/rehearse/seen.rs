//! What a rehearsal shows.

use std::sync::Arc;

use cuebook_core::clock::Timestamp;
use cuebook_core::event::Event;
use cuebook_core::ids::RunId;
use cuebook_core::journal::{SendRequest, StepKind, StepPath, StepRecord};
use cuebook_core::log_line::LogLine;
use cuebook_core::rule::{RuleName, RuleOptions};

use super::rehearsal::{Rehearsal, SentSegment};
use super::standing::Standing;

impl Rehearsal {
    /// Its id.
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Its rule.
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// What its rule's head says.
    pub fn options(&self) -> &RuleOptions {
        &self.options
    }

    /// Its event.
    pub fn event(&self) -> &Arc<Event> {
        &self.event
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Where it stands.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Its steps, each with its line, arguments, answer and times, in the order of the script. Sends stand here once
    /// their segment has ended.
    pub fn steps(&self) -> impl Iterator<Item = (&StepPath, &StepRecord)> {
        self.steps.iter()
    }

    /// The calls that write, in the order of the script.
    pub fn writes(&self) -> impl Iterator<Item = &StepRecord> {
        let steps = self.steps.values();
        steps.filter(|step| step.kind == StepKind::Write)
    }

    /// What it logged.
    pub fn logs(&self) -> &[LogLine] {
        &self.logs
    }

    /// What it sent, by segment: only what has gone out.
    pub fn segments(&self) -> &[SentSegment] {
        &self.segments
    }

    /// All that it sent, in the order of its segments and of the script.
    pub fn sends(&self) -> impl Iterator<Item = &SendRequest> {
        self.segments.iter().flat_map(|segment| &segment.sends)
    }

    /// The events that it emitted, in order.
    pub fn emitted(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.segments.iter().flat_map(|segment| &segment.emitted)
    }
}
