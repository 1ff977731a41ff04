//! A run as the API shows it.

use cuebook_core::run::{Run, RunState};
use cuebook_core::{EventId, RunId, Timestamp};
use cuebook_store::RunView;
use poem_openapi::Object;
use poem_openapi::types::Example;

use super::parts::{LogBody, StepBody};
use super::shown::Room;
use crate::admin::effects::EffectBody;
use crate::admin::page::Cursor;
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// A run: one event through one rule.
#[derive(Debug, Object)]
#[oai(rename = "Run", example)]
pub(crate) struct RunBody {
    /// Its id.
    id: Text<RunId>,
    /// Its event.
    event_id: Text<EventId>,
    /// Its rule.
    rule: String,
    /// The version it is pinned to; `null` before its first step.
    rule_version: Option<String>,
    /// Where it stands.
    state: Text<RunState>,
    /// Why; of a failed or blocked run it begins with a stable word, such as `script_error: …`.
    reason: Option<String>,
    /// What it is about.
    subject: Option<String>,
    /// When a worker first took it.
    started_at: Option<Text<Timestamp>>,
    /// When it ended.
    ended_at: Option<Text<Timestamp>>,
    /// Its steps in the order of the script; empty in lists.
    steps: Vec<StepBody>,
    /// What its script logged; empty in lists.
    logs: Vec<LogBody>,
    /// Its effects; empty in lists.
    effects: Vec<EffectBody>,
}

/// A page of runs, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct RunPage {
    /// The runs.
    pub(crate) items: Vec<RunBody>,
    /// What to give as `cursor` for the page after; `null` on the last.
    pub(crate) next_cursor: Option<Text<Cursor>>,
}

impl RunBody {
    /// The run as `masking` lets it be seen.
    pub(crate) fn new(view: RunView, masking: Masking) -> Self {
        let reason = masking.optional(reason(&view.run));
        let run = view.run;
        let mut room = Room::default();
        Self {
            id: Text(run.id),
            event_id: Text(run.event_id),
            rule: run.rule.to_string(),
            rule_version: run.rule_version.map(|version| version.0),
            state: Text(run.state),
            reason,
            subject: run.subject.map(|pid| masking.text(pid.to_string())),
            started_at: run.started_at.map(Text),
            ended_at: run.ended_at.map(Text),
            steps: view
                .steps
                .into_iter()
                .map(|step| StepBody::new(step, masking, &mut room))
                .collect(),
            logs: view
                .logs
                .into_iter()
                .map(|line| LogBody::new(line, masking))
                .collect(),
            effects: view
                .effects
                .into_iter()
                .map(|effect| EffectBody::new(effect, masking))
                .collect(),
        }
    }
}

/// The reason; where a run cannot go on, led by the stable word for it.
fn reason(run: &Run) -> Option<String> {
    let led = matches!(run.state, RunState::Failed | RunState::Blocked);
    match (&run.code, &run.reason) {
        (Some(code), Some(reason)) if led && !reason.starts_with(code.as_str()) => {
            Some(format!("{code}: {reason}"))
        }
        (Some(code), None) => Some(code.clone()),
        (_, reason) => reason.clone(),
    }
}

impl Example for RunBody {
    fn example() -> Self {
        Self {
            id: Text(sample::run_id()),
            event_id: Text(sample::event_id()),
            rule: "new-booking/thank-you".to_owned(),
            rule_version: Some("4f1b".repeat(16)),
            state: Text(RunState::Completed),
            reason: None,
            subject: Some("293233446073".to_owned()),
            started_at: Some(Text(sample::instant(0))),
            ended_at: Some(Text(sample::instant(1))),
            steps: vec![StepBody::sample()],
            logs: vec![LogBody::sample()],
            effects: vec![EffectBody::example()],
        }
    }
}

impl Example for RunPage {
    fn example() -> Self {
        Self {
            items: vec![RunBody {
                steps: Vec::new(),
                logs: Vec::new(),
                effects: Vec::new(),
                ..RunBody::example()
            }],
            next_cursor: None,
        }
    }
}
