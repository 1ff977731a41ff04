//! What is left when all is over, without what differs from time to time: ids, keys, moments.

use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_store::{EventView, RunView, StepView};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::rules::ONCE;

/// What is left when all is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct End {
    /// How many points the process passed that came to the end.
    pub(super) points: u64,
    pub(super) events: Vec<EventEnd>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct EventEnd {
    event_type: Option<String>,
    origin: String,
    state: String,
    body: String,
    runs: Vec<RunEnd>,
}

/// A run with its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RunEnd {
    rule: String,
    state: String,
    reason: Option<String>,
    steps: Vec<StepEnd>,
    logs: Vec<String>,
    pub(super) effects: Vec<EffectEnd>,
}

/// A step with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StepEnd {
    path: String,
    function: String,
    answer: Json,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct EffectEnd {
    pub(super) path: String,
    pub(super) kind: String,
    pub(super) target: String,
    pub(super) state: String,
    pub(super) key: String,
    /// How many of its attempts have an outcome that nobody knows.
    pub(super) doubts: usize,
}

impl End {
    /// What is left of these events.
    pub(super) fn of(all: &[(EventView, Vec<RunView>)]) -> Self {
        let mut events: Vec<EventEnd> = all.iter().map(event).collect();
        events.sort_by(|one, other| one.event_type.cmp(&other.event_type));
        Self { points: 0, events }
    }

    /// Every row of the ledger.
    pub(super) fn effects(&self) -> impl Iterator<Item = &EffectEnd> {
        self.events
            .iter()
            .flat_map(|event| &event.runs)
            .flat_map(|run| &run.effects)
    }

    /// The same without what may differ after a crash: keys and doubts. A POST that is not made again when nobody knows
    /// whether it was processed may have ended as one that is `unknown`; then it is taken from `undisturbed`.
    pub(super) fn comparable(&self, undisturbed: &Self) -> Self {
        let mut same = self.clone();
        same.points = 0;
        for (event, model) in same.events.iter_mut().zip(&undisturbed.events) {
            for (run, model) in event.runs.iter_mut().zip(&model.runs) {
                run.forgive_doubt(model);
            }
        }
        same
    }
}

impl RunEnd {
    fn forgive_doubt(&mut self, model: &Self) {
        for effect in &mut self.effects {
            let is_lost = effect.state == EffectState::Unknown.as_str() && effect.doubts > 0;
            if is_lost && effect.target == ONCE.trim_start_matches('/') {
                EffectState::Done.as_str().clone_into(&mut effect.state);
                let mine = self.steps.iter_mut().find(|step| step.path == effect.path);
                let its = model.steps.iter().find(|step| step.path == effect.path);
                if let (Some(mine), Some(its)) = (mine, its)
                    && mine.answer["threw"] == "unknown"
                {
                    mine.answer.clone_from(&its.answer);
                }
            }
            effect.key.clear();
            effect.doubts = 0;
        }
    }
}

fn event((view, runs): &(EventView, Vec<RunView>)) -> EventEnd {
    let event = &view.event;
    let mut runs: Vec<RunEnd> = runs.iter().map(run).collect();
    runs.sort_by(|one, other| one.rule.cmp(&other.rule));
    EventEnd {
        event_type: event.event_type.as_ref().map(ToString::to_string),
        origin: event.origin.to_string(),
        state: view.state.to_string(),
        body: String::from_utf8_lossy(&event.body).into_owned(),
        runs,
    }
}

fn run(view: &RunView) -> RunEnd {
    let mut effects: Vec<EffectEnd> = view.effects.iter().map(effect).collect();
    effects.sort_by(|one, other| one.path.cmp(&other.path));
    RunEnd {
        rule: view.run.rule.to_string(),
        state: view.run.state.to_string(),
        reason: view.run.reason.clone(),
        steps: view.steps.iter().map(step).collect(),
        logs: view
            .logs
            .iter()
            .map(|line| format!("{} {} {}", line.key, line.message, line.fields.to_json()))
            .collect(),
        effects,
    }
}

fn step(view: &StepView) -> StepEnd {
    StepEnd {
        path: view.path.to_string(),
        function: view.function.clone(),
        answer: match &view.answer {
            Some(Ok(value)) => {
                let mut value = value.to_json();
                if let Some(members) = value.as_object_mut() {
                    // The moment of the answer is in the headers; an event has its id and its moment.
                    for name in ["headers", "id", "received_at"] {
                        members.remove(name);
                    }
                }
                value
            }
            Some(Err(error)) => json!({ "threw": error.kind }),
            None => json!("outstanding"),
        },
    }
}

fn effect(effect: &Effect) -> EffectEnd {
    let doubtful = |attempt: &&Attempt| attempt.outcome == AttemptOutcome::Unknown;
    EffectEnd {
        path: effect.path.clone(),
        kind: effect.kind.clone(),
        // Ports differ from run to run.
        target: match effect.target.strip_prefix("http://") {
            Some(rest) => rest.split_once('/').map_or("", |(_, path)| path).to_owned(),
            None => effect.target.clone(),
        },
        state: effect.state.to_string(),
        key: effect.key.clone(),
        doubts: effect.attempts.iter().filter(doubtful).count(),
    }
}
