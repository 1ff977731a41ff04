//! The parts of a run as the API shows them: its steps and its log lines.

use cuebook_core::failure::CallError;
use cuebook_core::journal::StepKind;
use cuebook_core::log_line::{LogLevel, LogLine};
use cuebook_core::{Timestamp, Value};
use cuebook_store::StepView;
use poem_openapi::Object;
use poem_openapi::types::Any;
use serde_json::Value as Json;

use super::shown::{self, Room};
use crate::admin::sample;
use crate::admin::value::Text;
use crate::auth::Masking;

/// The functions whose first argument is a URL begin so.
const REQUESTS: &[&str] = &["http::", "webhook::send"];

/// A place where the script asked for something from outside.
#[derive(Debug, Object)]
#[oai(rename = "Step")]
pub(crate) struct StepBody {
    /// Its place: a number, or within `parallel` the `parallel`'s place, the branch and a number.
    path: String,
    /// The function that was called.
    function: String,
    /// What kind of step it is.
    kind: Text<StepKind>,
    /// With what it was called; secrets appear as `***`, bytes that are no text as their length and Base64. Without the scope
    /// `personal`, a URL is shown without its query, and bytes by their length alone.
    arguments: Vec<Any<Json>>,
    /// What was answered; `null` while nothing is, and where the call threw.
    answer: Any<Json>,
    /// `true` where arguments and answer are left out, since the run's steps have more than 1 MiB in all. Otherwise it is not
    /// there.
    #[oai(skip_serializing_if_is_none)]
    left_out: Option<bool>,
    /// What the call threw.
    error: Option<CallErrorBody>,
    /// For a wait: when it is due.
    wake_at: Option<Text<Timestamp>>,
    /// The line of the script.
    line: Option<u32>,
    /// When it was asked.
    started_at: Text<Timestamp>,
    /// When it was answered.
    ended_at: Option<Text<Timestamp>>,
    /// How often it was tried.
    attempts: u32,
}

/// What a call threw.
#[derive(Debug, Object)]
#[oai(rename = "CallError")]
pub(crate) struct CallErrorBody {
    /// A stable word.
    kind: String,
    /// What happened.
    message: String,
    /// The status of the answer, where there was one.
    status: Option<u16>,
    /// How often it was tried.
    attempts: u32,
}

/// A line that the script logged.
#[derive(Debug, Object)]
#[oai(rename = "LogLine")]
pub(crate) struct LogBody {
    /// How much it matters.
    level: Text<LogLevel>,
    /// What it says.
    message: String,
    /// Its fields; `null` where there are none.
    fields: Any<Json>,
    /// When the script said it.
    at: Text<Timestamp>,
    /// The line of the script.
    line: Option<u32>,
}

impl StepBody {
    /// The step as `masking` lets it be seen, as far as there is `room` for it.
    pub(crate) fn new(step: StepView, masking: Masking, room: &mut Room) -> Self {
        let asked: usize = step.arguments.iter().map(shown::size).sum();
        let answered = match &step.answer {
            Some(Ok(value)) => shown::size(value),
            _ => 0,
        };
        let left_out = !room.take(asked.saturating_add(answered));
        let shown = |value: &Value| {
            if left_out {
                return Any(Json::Null);
            }
            Any(shown::json(value, masking))
        };
        let is_request = REQUESTS
            .iter()
            .any(|begin| step.function.starts_with(begin));
        let argument = |(place, value): (usize, &Value)| match value {
            Value::Text(url) if place == 0 && is_request && !left_out => {
                Any(Json::from(masking.text(masking.url(url).into_owned())))
            }
            value => shown(value),
        };
        let (answer, error) = match &step.answer {
            Some(Ok(value)) => (shown(value), None),
            Some(Err(error)) => (Any(Json::Null), Some(CallErrorBody::new(error, masking))),
            None => (Any(Json::Null), None),
        };
        Self {
            path: step.path.to_string(),
            kind: Text(step.kind),
            arguments: step.arguments.iter().enumerate().map(argument).collect(),
            answer,
            left_out: left_out.then_some(true),
            error,
            wake_at: step.wake_at.map(Text),
            line: step.line,
            started_at: Text(step.started_at),
            ended_at: step.ended_at.map(Text),
            attempts: step.attempts,
            function: step.function,
        }
    }

    /// The step of the document's example.
    pub(crate) fn sample() -> Self {
        Self {
            path: "0".to_owned(),
            function: "ticketpark::booking".to_owned(),
            kind: Text(StepKind::Read),
            arguments: vec![Any(Json::from("293233446073"))],
            answer: Any(serde_json::json!({"pid": "293233446073", "confirmation": true})),
            left_out: None,
            error: None,
            wake_at: None,
            line: Some(3),
            started_at: Text(sample::instant(0)),
            ended_at: Some(Text(sample::instant(1))),
            attempts: 1,
        }
    }
}

impl CallErrorBody {
    fn new(error: &CallError, masking: Masking) -> Self {
        Self {
            kind: error.kind.clone(),
            message: masking.text(error.message.clone()),
            status: error.status,
            attempts: error.attempts,
        }
    }
}

impl LogBody {
    /// The line as `masking` lets it be seen.
    pub(crate) fn new(line: LogLine, masking: Masking) -> Self {
        Self {
            level: Text(line.level),
            message: masking.text(line.message),
            fields: Any(masking.json(line.fields.to_json())),
            at: Text(line.at),
            line: line.line,
        }
    }

    /// The line of the document's example.
    pub(crate) fn sample() -> Self {
        Self {
            level: Text(LogLevel::Info),
            message: "thanked".to_owned(),
            fields: Any(serde_json::json!({"locale": "de"})),
            at: Text(sample::instant(1)),
            line: Some(9),
        }
    }
}
