//! Drives a run in this process: answers its calls from a script of the test, keeps its journal, moves its clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::DateTime;
use cuebook_core::chance::Chance;
use cuebook_core::event::{Event, Origin};
use cuebook_core::ids::{Account, EventId, RunId};
use cuebook_core::journal::{CallRequest, Journal, StepAnswer, StepKind, StepRecord};
use cuebook_core::log_line::LogLine;
use cuebook_core::message::Message;
use cuebook_core::rule::RuleName;
use cuebook_core::secret::NoSecrets;
use cuebook_core::value::Value;
use cuebook_core::{CallError, Timestamp};
use cuebook_rules::{Engine, Limits, Outcome, Pass, PassInput, Program, RuleFiles, Settings};
use uuid::Uuid;

use crate::functions;

/// The rule that tests write.
pub(crate) const RULE: &str = "new-booking/test";

/// Ids that count up.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Chance for Counting {
    fn uuid(&self, _now: Timestamp) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }

    fn bytes(&self) -> [u8; 32] {
        [7; 32]
    }
}

/// Settings with the test's functions.
pub(crate) fn settings() -> Settings {
    Settings {
        functions: functions::descriptors(),
        timezone: chrono_tz::Europe::Zurich,
        default_locale: "de".to_owned(),
        default_from: None,
        secrets: Arc::new(NoSecrets),
        memory: None,
        limits: Limits::default(),
    }
}

/// An engine with the test's functions.
pub(crate) fn engine() -> Engine {
    Engine::new(settings()).unwrap()
}

/// An engine with other limits.
pub(crate) fn engine_with(change: impl FnOnce(&mut Limits)) -> Engine {
    let mut settings = settings();
    change(&mut settings.limits);
    Engine::new(settings).unwrap()
}

/// The moment at which tests begin.
pub(crate) fn start() -> Timestamp {
    DateTime::parse_from_rfc3339("2026-03-01T12:00:00Z")
        .unwrap()
        .to_utc()
}

/// Files as a rule set has them.
pub(crate) fn files(files: &[(&str, &str)]) -> RuleFiles {
    RuleFiles(
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect(),
    )
}

/// The program of the test's rule.
pub(crate) fn compile(engine: &Engine, source: &str) -> Program {
    let rule: RuleName = RULE.parse().unwrap();
    engine
        .program(&rule, &files(&[("new-booking/test.rhai", source)]))
        .unwrap()
}

/// An event with this body.
pub(crate) fn event(body: &str) -> Event {
    let message = Message::parse(body.as_bytes()).unwrap();
    Event {
        id: EventId(Uuid::from_u128(1)),
        account: Account::default(),
        event_type: Some(message.event_type),
        wire_type: Some(message.wire_type),
        subject: message.subject,
        origin: Origin::Webhook,
        received_at: start(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        capture: false,
        parent: None,
        depth: 0,
        trust: cuebook_core::event::Trust::Token,
    }
}

/// A run that is driven.
pub(crate) struct Run {
    pub(crate) engine: Engine,
    pub(crate) program: Program,
    pub(crate) input: PassInput,
    /// All calls that were asked for, in order.
    pub(crate) calls: Vec<CallRequest>,
    /// All lines that were logged.
    pub(crate) logs: Vec<LogLine>,
    /// How many passes it took.
    pub(crate) passes: usize,
}

/// A run of a rule with this source.
pub(crate) fn run(source: &str) -> Run {
    run_on(
        engine(),
        source,
        r#"{"type":"new-booking","payload":{"booking_pid":293233446073}}"#,
    )
}

/// A run on an engine of its own, for an event with this body.
pub(crate) fn run_on(engine: Engine, source: &str, body: &str) -> Run {
    let program = compile(&engine, source);
    Run {
        engine,
        program,
        input: PassInput {
            event: Arc::new(event(body)),
            run: RunId(Uuid::from_u128(2)),
            generation: 0,
            journal: Arc::new(Journal::default()),
            now: start(),
            chance: Arc::new(Counting::default()),
        },
        calls: Vec::new(),
        logs: Vec::new(),
        passes: 0,
    }
}

impl Run {
    /// One pass; what it answered and logged is kept, as the worker does with its next commit.
    pub(crate) fn pass(&mut self) -> Pass {
        let pass = self.engine.advance(&self.program, &self.input);
        self.passes += 1;
        let journal = Arc::make_mut(&mut self.input.journal);
        for step in &pass.steps {
            journal.steps.insert(step.path.clone(), step.entry());
        }
        for line in &pass.logs {
            assert!(
                journal.logged.insert(line.key.clone()),
                "the line {} was logged twice",
                line.key
            );
            self.logs.push(line.clone());
        }
        match &pass.outcome {
            Outcome::Suspended { calls } => {
                for call in calls {
                    let before = journal
                        .steps
                        .insert(call.path.clone(), intent(call).entry());
                    assert!(before.is_none(), "{} was asked for twice", call.path);
                    self.calls.push(call.clone());
                }
            }
            Outcome::Waiting { step } | Outcome::Awaiting { step, .. } => {
                journal.steps.insert(step.path.clone(), step.entry());
            }
            _ => {}
        }
        pass
    }

    /// Answers the call at `path`.
    pub(crate) fn answer(&mut self, path: &str, answer: StepAnswer) {
        let path = path.parse().unwrap();
        let journal = Arc::make_mut(&mut self.input.journal);
        let entry = journal.steps.get_mut(&path).unwrap();
        assert_eq!(entry.answer, None, "{path} was answered before");
        entry.answer = Some(answer);
    }

    /// The paths of the calls that are in flight.
    pub(crate) fn in_flight(&self) -> Vec<String> {
        let steps = self.input.journal.steps.iter();
        steps
            .filter(|(_, entry)| entry.answer.is_none() && entry.kind != StepKind::Wait)
            .map(|(path, _)| path.to_string())
            .collect()
    }

    /// Passes until the script is through or waits for a time; `answer` answers its calls.
    pub(crate) fn drive(&mut self, mut answer: impl FnMut(&CallRequest) -> StepAnswer) -> Pass {
        loop {
            let pass = self.pass();
            let Outcome::Suspended { calls } = &pass.outcome else {
                return pass;
            };
            assert!(!calls.is_empty(), "a pass came to nothing");
            for call in calls {
                let answered = answer(call);
                self.answer(&call.path.to_string(), answered);
            }
            assert!(self.passes < 400, "the run does not end");
        }
    }

    /// The same, with each call answered by an echo of its first argument.
    pub(crate) fn echo(&mut self) -> Pass {
        self.drive(echo)
    }

    /// Moves the clock.
    pub(crate) fn later(&mut self, by: Duration) {
        self.input.now += chrono::TimeDelta::from_std(by).unwrap();
    }

    /// What the script logged last.
    pub(crate) fn said(&self) -> &str {
        self.logs.last().map_or("", |line| &line.message)
    }
}

/// The row that a call's intent is.
pub(crate) fn intent(call: &CallRequest) -> StepRecord {
    StepRecord {
        path: call.path.clone(),
        question: call.question.clone(),
        kind: call.kind,
        arguments: call.arguments.clone(),
        answer: None,
        wake_at: None,
        line: call.line,
        started_at: start(),
        ended_at: None,
        attempts: 0,
    }
}

/// An answer with status 200 whose body is the call's first argument.
#[expect(clippy::unnecessary_wraps, reason = "it is an answer among others")]
pub(crate) fn echo(call: &CallRequest) -> StepAnswer {
    Ok(http(200, call.arguments[0].as_text().unwrap_or("")))
}

/// The answer of an HTTP call.
pub(crate) fn http(status: i64, body: &str) -> Value {
    Value::from([
        ("status", Value::Int(status)),
        (
            "headers",
            Value::from([("content-type", Value::from("text/plain"))]),
        ),
        ("body", Value::from(body)),
    ])
}

/// A failed call.
pub(crate) fn refused() -> StepAnswer {
    Err(CallError::new("timeout", "no answer came")
        .with_status(504)
        .after(8))
}

/// The failure of a pass.
pub(crate) fn failure(pass: &Pass) -> (&str, &str) {
    match &pass.outcome {
        Outcome::Failed(failure) => (&failure.code, &failure.reason),
        other => panic!("it should have failed: {other:?}"),
    }
}
