//! The host of one pass: what is known of the run, where its script is, and what came of it so far.

use std::collections::HashSet;
use std::sync::Arc;

use cuebook_core::failure::CallError;
use cuebook_core::journal::{
    CallRequest, Divergence, Journal, Question, Rounds, SendRequest, StepPath, StepRecord,
};
use cuebook_core::limits;
use cuebook_core::log_line::LogLine;
use cuebook_core::value::Value;

use super::branch::Branch;
use super::event_view::EventView;
use super::stop::Stop;
use crate::pass::PassInput;
use crate::settings::Settings;
use crate::templates::TemplateSet;

/// The host of one pass.
pub(crate) struct Host {
    pub(crate) input: PassInput,
    pub(crate) settings: Arc<Settings>,
    pub(crate) templates: Arc<TemplateSet>,
    pub(crate) event: EventView,
    /// Where the script is.
    pub(crate) branch: Branch,
    /// Why the script must not go on.
    pub(crate) stop: Option<Stop>,
    /// The entries of the journal that the script came by.
    pub(super) reached: HashSet<StepPath>,
    /// How many steps the script took, journaled or not.
    pub(super) taken: usize,
    /// How many bytes the journal has, once somebody had to know.
    pub(super) journal_bytes: Option<usize>,
    /// How many bytes the script logged, stored or not.
    pub(super) logged_bytes: usize,
    /// How often the journal was cut, and where.
    pub(super) rounds: Rounds,
    pub(crate) calls: Vec<CallRequest>,
    pub(crate) steps: Vec<StepRecord>,
    pub(crate) sends: Vec<SendRequest>,
    pub(crate) logs: Vec<LogLine>,
}

impl Host {
    /// The host of a pass that begins.
    pub(crate) fn new(
        input: PassInput,
        settings: Arc<Settings>,
        templates: Arc<TemplateSet>,
    ) -> Self {
        Self {
            event: EventView::new(Arc::clone(&input.event)),
            rounds: Rounds::of(&input.journal.logged),
            input,
            settings,
            templates,
            branch: Branch::default(),
            stop: None,
            reached: HashSet::new(),
            taken: 0,
            journal_bytes: None,
            logged_bytes: 0,
            calls: Vec::new(),
            steps: Vec::new(),
            sends: Vec::new(),
            logs: Vec::new(),
        }
    }

    /// The first entry of the journal that the script did not come by.
    pub(crate) fn unreached(&self) -> Option<Divergence> {
        let journal = &self.input.journal.steps;
        if journal.len() == self.reached.len() {
            return None;
        }
        let (path, entry) = journal
            .iter()
            .find(|(path, _)| !self.reached.contains(path))?;
        Some(Divergence {
            path: path.to_string(),
            journaled: describe(&entry.question),
            asked: "nothing: it ended before".to_owned(),
        })
    }

    /// Counts one more step.
    pub(super) fn count_step(&mut self) -> Result<(), CallError> {
        self.taken += 1;
        let limit = self.settings.limits.steps;
        if self.taken > limit {
            return Err(CallError::new(
                "limit",
                format!("a run may take {limit} steps at most"),
            ));
        }
        Ok(())
    }

    /// Refuses a new step when the journal is full.
    pub(super) fn check_journal_size(&mut self) -> Result<(), CallError> {
        let journal = &self.input.journal;
        let bytes = *self
            .journal_bytes
            .get_or_insert_with(|| journal_bytes(journal));
        if bytes > limits::JOURNAL {
            return Err(CallError::new(
                "limit",
                format!(
                    "the answers of a run may have {} MiB in all",
                    limits::JOURNAL / (1024 * 1024)
                ),
            ));
        }
        Ok(())
    }
}

/// A question as a divergence shows it.
pub(super) fn describe(question: &Question) -> String {
    let digest = question.digest.get(..8).unwrap_or(&question.digest);
    format!("{} (arguments {digest})", question.function)
}

/// About how many bytes a journal has.
fn journal_bytes(journal: &Journal) -> usize {
    journal
        .steps
        .values()
        .map(|entry| match &entry.answer {
            Some(Ok(value)) => value_bytes(value),
            Some(Err(error)) => error.message.len(),
            None => 0,
        })
        .sum()
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Secret(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Array(items) => items.iter().map(value_bytes).sum::<usize>() + items.len(),
        Value::Map(map) => map
            .iter()
            .map(|(key, member)| key.len() + value_bytes(member))
            .sum(),
        _ => 8,
    }
}
