//! A dry run as the API shows it.

use cuebook_core::journal::StepRecord;
use cuebook_core::{Timestamp, Value};
use cuebook_rules::Diagnostic;
use cuebook_rules::rehearse::{Rehearsal, Standing};
use cuebook_store::StepView;
use poem_openapi::Object;
use poem_openapi::types::{Any, Example};
use serde_json::{Map, Value as Json, json};

use crate::admin::rules::DiagnosticBody;
use crate::admin::runs::{LogBody, Room, StepBody};
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;
use crate::readable::{Fields, Readable};

/// What came of a dry run.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct DryRunAnswer {
    /// Whether the source can run at all; if not, `diagnostics` says why, and there is no `run`.
    valid: bool,
    /// What the checker has to say about the rule.
    diagnostics: Vec<DiagnosticBody>,
    /// What the run did.
    run: Option<RehearsedBody>,
}

/// A run of which nothing was performed.
#[derive(Debug, Object)]
#[oai(rename = "RehearsedRun")]
pub(crate) struct RehearsedBody {
    /// Where it stands: a run's state, or `unanswered` where it asks for what nobody has answered.
    state: String,
    /// Why.
    reason: Option<String>,
    /// Until when it waits, where it does.
    waits_until: Option<Text<Timestamp>>,
    /// Its steps, in the order of the script. Time passes at once, by the clock of the event.
    steps: Vec<StepBody>,
    /// What it logged.
    logs: Vec<LogBody>,
    /// What it would do outside, in the order of the script.
    effects: Vec<WantedBody>,
    /// The calls that nobody has answered: give them in `answers`.
    unanswered: Vec<UnansweredBody>,
}

/// An effect that a run would have.
#[derive(Debug, Object)]
#[oai(rename = "WantedEffect")]
pub(crate) struct WantedBody {
    /// The function.
    function: String,
    /// The receiver.
    target: String,
    /// What it says, field by field: of a mail `to`, `subject`, `text` and so on, of a request `method`, `url` and `body`.
    fields: Any<Json>,
    /// The line of the script.
    line: Option<u32>,
    /// When, by the clock of the event.
    at: Text<Timestamp>,
}

/// A call that nobody has answered.
#[derive(Debug, Object)]
#[oai(rename = "UnansweredCall")]
pub(crate) struct UnansweredBody {
    /// The function.
    function: String,
    /// With what it is called.
    arguments: Vec<Any<Json>>,
    /// The line of the script.
    line: Option<u32>,
}

impl DryRunAnswer {
    /// The source cannot run.
    pub(super) fn refused(diagnostics: &[Diagnostic], masking: Masking) -> Self {
        Self {
            valid: false,
            diagnostics: shown(diagnostics, masking),
            run: None,
        }
    }

    /// It ran.
    pub(super) fn of(
        run: &Rehearsal,
        diagnostics: &[Diagnostic],
        readable: Readable,
        masking: Masking,
    ) -> Self {
        Self {
            valid: true,
            diagnostics: shown(diagnostics, masking),
            run: Some(RehearsedBody::of(run, readable, masking)),
        }
    }
}

/// What the checker said, as it may be shown: it repeats pieces of what it reads.
fn shown(diagnostics: &[Diagnostic], masking: Masking) -> Vec<DiagnosticBody> {
    let shown = diagnostics.iter().map(DiagnosticBody::new);
    shown
        .map(|mut diagnostic| {
            diagnostic.mask(masking);
            diagnostic
        })
        .collect()
}

impl RehearsedBody {
    fn of(run: &Rehearsal, readable: Readable, masking: Masking) -> Self {
        let standing = run.standing();
        let mut room = Room::default();
        let unanswered = match standing {
            Standing::Unanswered { calls } => calls.as_slice(),
            _ => &[],
        };
        let state = match standing {
            Standing::Unanswered { .. } => "unanswered",
            standing => standing.state().as_str(),
        };
        Self {
            state: state.to_owned(),
            reason: masking.optional(standing.reason()),
            waits_until: standing.wakes_at().map(Text),
            steps: run
                .steps()
                .map(|(_, step)| StepBody::new(view(step), masking, &mut room))
                .collect(),
            logs: run
                .logs()
                .iter()
                .map(|line| LogBody::new(line.clone(), masking))
                .collect(),
            effects: effects(run, readable, masking),
            unanswered: unanswered
                .iter()
                .map(|call| UnansweredBody {
                    function: call.question.function.clone(),
                    arguments: call
                        .arguments
                        .iter()
                        .map(|argument| Any(masking.json(argument.to_json())))
                        .collect(),
                    line: call.line,
                })
                .collect(),
        }
    }
}

fn view(step: &StepRecord) -> StepView {
    StepView {
        path: step.path.clone(),
        function: step.question.function.clone(),
        kind: step.kind,
        arguments: step.arguments.clone(),
        answer: step.answer.clone(),
        wake_at: step.wake_at,
        line: step.line,
        started_at: step.started_at,
        ended_at: step.ended_at,
        attempts: step.attempts,
    }
}

/// What the run would do, in the order of the script.
fn effects(run: &Rehearsal, readable: Readable, masking: Masking) -> Vec<WantedBody> {
    let told = |fields: Fields| -> Any<Json> {
        let fields: Map<String, Json> = fields
            .into_iter()
            .map(|(name, value)| {
                let value = match (name, value) {
                    ("url", Json::String(url)) => Json::from(masking.url(&url).into_owned()),
                    (_, value) => value,
                };
                (name.to_owned(), masking.json(value))
            })
            .collect();
        Any(Json::Object(fields))
    };
    let writes = run.writes().map(|step| {
        let function = &step.question.function;
        let target = step.arguments.first().and_then(Value::as_text);
        let target = masking.url(target.unwrap_or_default()).into_owned();
        let wanted = WantedBody {
            fields: told((readable.call)(function, &step.arguments)),
            function: function.clone(),
            target: masking.text(target),
            line: step.line,
            at: Text(step.started_at),
        };
        (step.path.clone(), wanted)
    });
    let sends = run.segments().iter().flat_map(|segment| {
        segment.sends.iter().flat_map(move |send| {
            send.parts.iter().map(move |part| {
                let function = &send.question.function;
                let wanted = WantedBody {
                    fields: told((readable.send)(function, &part.envelope, &part.body)),
                    function: function.clone(),
                    target: masking.text(part.target.clone()),
                    line: send.line,
                    at: Text(segment.at),
                };
                (send.path.clone(), wanted)
            })
        })
    });
    let mut all: Vec<_> = writes.chain(sends).collect();
    all.sort_by(|(one, _), (two, _)| one.cmp(two));
    all.into_iter().map(|(_, wanted)| wanted).collect()
}

impl Example for DryRunAnswer {
    fn example() -> Self {
        Self {
            valid: true,
            diagnostics: Vec::new(),
            run: Some(RehearsedBody {
                state: "completed".to_owned(),
                reason: None,
                waits_until: None,
                steps: vec![StepBody::sample()],
                logs: vec![LogBody::sample()],
                effects: vec![WantedBody {
                    function: "email::send".to_owned(),
                    target: "tom@example.com".to_owned(),
                    fields: Any(json!({"to": "tom@example.com", "subject": "Thank you"})),
                    line: Some(5),
                    at: Text(sample::instant(0)),
                }],
                unanswered: Vec::new(),
            }),
        }
    }
}
