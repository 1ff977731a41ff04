//! What the database holds when all is over, without what differs from time to time.

use cuebook_core::effect::{Attempt, AttemptOutcome, Effect, EffectState};
use cuebook_store::{EventView, RunView, StepView};
use cuebook_testkit::Cuebook;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::masks::{without_ids, without_port};
use super::{BROKEN, ONCE, memory};

/// What the database holds when all is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) events: Vec<EventEnd>,
    /// What rules remember and have claimed.
    memory: Vec<String>,
    /// What cannot be accounted for.
    pub(crate) findings: Vec<String>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventEnd {
    event_type: Option<String>,
    body: String,
    origin: String,
    subject: Option<String>,
    depth: u32,
    state: String,
    pub(crate) runs: Vec<RunEnd>,
}

/// A run with its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunEnd {
    pub(crate) rule: String,
    pub(crate) state: String,
    reason: Option<String>,
    code: Option<String>,
    generation: u32,
    steps: Vec<StepEnd>,
    logs: Vec<String>,
    effects: Vec<EffectEnd>,
}

/// A step with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct StepEnd {
    path: String,
    line: Option<u32>,
    function: String,
    arguments: String,
    answer: Json,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EffectEnd {
    path: String,
    pub(crate) kind: String,
    pub(crate) target: String,
    pub(crate) state: String,
    pub(crate) key: String,
    /// How many attempts there were.
    pub(crate) attempts: usize,
    /// How many of its attempts have an outcome that nobody knows.
    pub(crate) doubts: usize,
}

impl End {
    /// What is left of these events.
    pub(crate) async fn of(cuebook: &Cuebook, all: &[(EventView, Vec<RunView>)]) -> Self {
        let mut events: Vec<EventEnd> = all.iter().map(event).collect();
        events.sort_by(|one, other| {
            let key = |end: &EventEnd| (end.event_type.clone(), end.body.clone());
            key(one).cmp(&key(other))
        });
        let books = cuebook.store().close_books().await.unwrap();
        Self {
            events,
            memory: memory::read(&cuebook.database_url()).await,
            findings: books
                .findings
                .iter()
                .map(|finding| format!("{finding:?}"))
                .collect(),
        }
    }

    /// Every row of the ledger.
    pub(crate) fn effects(&self) -> impl Iterator<Item = &EffectEnd> {
        self.events
            .iter()
            .flat_map(|event| &event.runs)
            .flat_map(|run| &run.effects)
    }

    /// The same without what may differ after a crash: keys, attempts and doubts. A POST that is not made again when nobody
    /// knows whether it was processed may have ended as one that is `unknown`, and so may a call whose attempts all fail;
    /// then it is taken from `undisturbed`.
    pub(crate) fn comparable(&self, undisturbed: &Self) -> Self {
        let mut same = self.clone();
        for (event, model) in same.events.iter_mut().zip(&undisturbed.events) {
            for (run, model) in event.runs.iter_mut().zip(&model.runs) {
                run.forgive_doubt(model);
            }
        }
        same
    }
}

/// What the line says by which a run tells that it tries again later.
const TRIES_AGAIN: &str = " tries again in ";

impl RunEnd {
    /// A crash may lose an answer that would have made the run try again: then it does so less often, and logs the same
    /// less often. A write that was refused, or of which nobody knows, is asked for anew in each round.
    fn forget_rounds(&mut self) {
        self.effects.dedup();
        self.logs.retain(|line| !line.contains(TRIES_AGAIN));
        for line in &mut self.logs {
            *line = line.split_once(' ').unwrap_or_default().1.to_owned();
        }
        self.logs.sort();
        self.logs.dedup();
    }

    fn forgive_doubt(&mut self, model: &Self) {
        let tries_again = |run: &Self| run.logs.iter().any(|line| line.contains(TRIES_AGAIN));
        let several_rounds = tries_again(self) || tries_again(model);
        for effect in &mut self.effects {
            let is_lost = effect.state == EffectState::Unknown.as_str() && effect.doubts > 0;
            let its = model.effects.iter().find(|its| its.path == effect.path);
            if let Some(its) = its
                && is_lost
                && [ONCE, BROKEN]
                    .iter()
                    .any(|word| effect.target.contains(word))
            {
                effect.state.clone_from(&its.state);
                let mine = self.steps.iter_mut().find(|step| step.path == effect.path);
                let its = model.steps.iter().find(|step| step.path == effect.path);
                if let (Some(mine), Some(its)) = (mine, its)
                    && mine.answer["threw"] == "unknown"
                {
                    mine.answer.clone_from(&its.answer);
                }
            }
            effect.key.clear();
            effect.attempts = 0;
            effect.doubts = 0;
        }
        if several_rounds {
            self.forget_rounds();
        }
    }
}

fn event((view, runs): &(EventView, Vec<RunView>)) -> EventEnd {
    let event = &view.event;
    let mut runs: Vec<RunEnd> = runs.iter().map(run).collect();
    runs.sort_by(|one, other| one.rule.cmp(&other.rule));
    EventEnd {
        event_type: event.event_type.as_ref().map(ToString::to_string),
        body: String::from_utf8_lossy(&event.body).into_owned(),
        origin: event.origin.to_string(),
        subject: event.subject.as_ref().map(ToString::to_string),
        depth: event.depth,
        state: view.state.to_string(),
        runs,
    }
}

fn run(view: &RunView) -> RunEnd {
    let mut effects: Vec<EffectEnd> = view.effects.iter().map(effect).collect();
    effects.sort_by(|one, other| (&one.path, &one.target).cmp(&(&other.path, &other.target)));
    let logs = view
        .logs
        .iter()
        .map(|line| format!("{} {} {}", line.key, line.message, line.fields.to_json()));
    let mut logs: Vec<String> = logs.collect();
    // The branches of `parallel` log as their answers come.
    logs.sort();
    RunEnd {
        rule: view.run.rule.to_string(),
        state: view.run.state.to_string(),
        reason: view.run.reason.as_deref().map(without_port),
        code: view.run.code.clone(),
        generation: view.run.generation,
        steps: view.steps.iter().map(step).collect(),
        logs,
        effects,
    }
}

fn step(view: &StepView) -> StepEnd {
    let arguments: Vec<Json> = view
        .arguments
        .iter()
        .map(cuebook_core::Value::to_json)
        .collect();
    StepEnd {
        path: view.path.to_string(),
        line: view.line,
        function: view.function.clone(),
        arguments: without_ids(&without_port(&json!(arguments).to_string())),
        answer: match &view.answer {
            // Chance and time are others each time.
            Some(Ok(_)) if matches!(view.function.as_str(), "uuid" | "now") => json!("answered"),
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
            Some(Err(error)) => json!({ "threw": error.kind, "status": error.status }),
            None => json!("outstanding"),
        },
    }
}

fn effect(effect: &Effect) -> EffectEnd {
    let doubtful = |attempt: &&Attempt| attempt.outcome == AttemptOutcome::Unknown;
    EffectEnd {
        path: effect.path.clone(),
        kind: effect.kind.clone(),
        target: without_port(&effect.target),
        state: effect.state.to_string(),
        key: effect.key.clone(),
        attempts: effect.attempts.len(),
        doubts: effect.attempts.iter().filter(doubtful).count(),
    }
}
