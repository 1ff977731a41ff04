//! One step: what the journal says about it, and what is to be done where it says nothing.

use cuebook_core::failure::CallError;
use cuebook_core::function::{FunctionKind, Prepare, PrepareContext};
use cuebook_core::journal::{
    CallRequest, Divergence, Entry, Question, SendRequest, StepAnswer, StepPath, StepRecord, digest,
};
use cuebook_core::keys::effect_key;
use cuebook_core::value::Value;

use super::function::{Function, Moment, Source, Wait};
use super::remember::Seen;
use super::run::{Host, describe};
use super::stop::Stop;
use crate::duration;
use crate::functions::host::state;

/// What comes of a step.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The script goes on with this.
    Answer(StepAnswer),
    /// The script must not go on.
    Stop(Stop),
}

/// A step that is being taken.
pub(super) struct Step<'a> {
    pub(super) function: &'a Function,
    pub(super) path: StepPath,
    pub(super) question: Question,
    pub(super) arguments: Vec<Value>,
    pub(super) line: Option<u32>,
}

impl Host {
    /// Takes the next step: `function`, asked with `arguments` that were checked.
    pub(crate) fn step(
        &mut self,
        function: &Function,
        arguments: Vec<Value>,
        line: Option<u32>,
    ) -> Reply {
        if let Err(error) = self.count_step() {
            return Reply::Answer(Err(error));
        }
        let step = Step {
            function,
            path: self.branch.next_step(),
            question: Question {
                function: function.descriptor.name.to_owned(),
                digest: digest(&arguments),
            },
            arguments,
            line,
        };
        let journal = std::sync::Arc::clone(&self.input.journal);
        if let Some(entry) = journal.steps.get(&step.path) {
            return self.replay(step, entry);
        }
        if let Some(divergence) = self.parallel_at(&step.path, &describe(&step.question)) {
            return Reply::Stop(Stop::Diverged(divergence));
        }
        if let Err(error) = self.check_journal_size() {
            return Reply::Answer(Err(error));
        }
        self.take(step)
    }

    /// Begins a `parallel`: gives back its path, or why it cannot be one.
    pub(crate) fn begin_parallel(&mut self) -> Result<StepPath, Stop> {
        let path = self.branch.next_step();
        match self.input.journal.steps.get(&path) {
            Some(entry) => Err(Stop::Diverged(Divergence {
                path: path.to_string(),
                journaled: describe(&entry.question),
                asked: "parallel".to_owned(),
            })),
            None => Ok(path),
        }
    }

    /// A step whose place stands in the journal.
    fn replay(&mut self, step: Step<'_>, entry: &Entry) -> Reply {
        if entry.question != step.question {
            return Reply::Stop(Stop::Diverged(Divergence {
                path: step.path.to_string(),
                journaled: describe(&entry.question),
                asked: describe(&step.question),
            }));
        }
        self.reached.insert(step.path.clone());
        if let Some(answer) = &entry.answer {
            return Reply::Answer(answer.clone());
        }
        match (step.function.source, step.function.descriptor.kind) {
            (Source::Here(answer), _) => self.answer_here(step, answer),
            (Source::Later(wait), _) => self.wait(step, wait, entry.wake_at),
            (Source::Event, _) => self.await_event(step, entry.wake_at),
            (Source::Outside | Source::State, FunctionKind::Send(_)) => {
                Reply::Answer(Ok(Value::Unit))
            }
            // It is in flight: no second request for it.
            (Source::Outside | Source::State | Source::Claim, _) => Reply::Stop(Stop::Suspended),
        }
    }

    /// A step that nobody took before.
    fn take(&mut self, step: Step<'_>) -> Reply {
        match (step.function.source, step.function.descriptor.kind) {
            (Source::Here(answer), _) => self.answer_here(step, answer),
            (Source::Later(wait), _) => self.wait(step, wait, None),
            (Source::Event, _) => self.await_event(step, None),
            (Source::Outside, FunctionKind::Send(prepare)) => self.send(step, prepare),
            (Source::State, FunctionKind::Send(prepare)) => {
                match self.scope(scope_argument(&step)) {
                    Ok(_) => self.send(step, prepare),
                    Err(error) => Reply::Answer(Err(error)),
                }
            }
            (Source::State, _) => self.remembered(step),
            (Source::Claim, _) => self.claim(step),
            (Source::Outside, _) => self.call(step),
        }
    }

    fn call(&mut self, step: Step<'_>) -> Reply {
        self.calls.push(CallRequest {
            path: step.path,
            question: step.question,
            kind: step.function.descriptor.kind.step(),
            arguments: step.arguments,
            line: step.line,
        });
        Reply::Stop(Stop::Suspended)
    }

    /// A key to be claimed: for how many seconds goes along with the question.
    fn claim(&mut self, mut step: Step<'_>) -> Reply {
        if let Err(error) = state::key(&step.arguments) {
            return Reply::Answer(Err(error));
        }
        step.arguments.resize(2, Value::Unit);
        let length = step.arguments.get(1).and_then(Value::as_text);
        let seconds = length
            .and_then(|text| duration::parse(text).ok())
            .and_then(|length| i64::try_from(length.as_secs()).ok());
        step.arguments.push(seconds.map_or(Value::Unit, Value::Int));
        self.call(step)
    }

    /// What is remembered under a key: known here where this segment has set it, else asked for.
    fn remembered(&mut self, mut step: Step<'_>) -> Reply {
        let seen = self.scope(scope_argument(&step)).and_then(|scope| {
            let key = state::key(&step.arguments)?;
            self.seen(scope, key)
        });
        match seen {
            Err(error) => Reply::Answer(Err(error)),
            Ok(Seen::Known(value)) => {
                let default = || step.arguments.get(1).cloned().unwrap_or_default();
                let value = value.unwrap_or_else(default);
                let record = self.record(step, Some(Ok(value.clone())));
                self.steps.push(record);
                Reply::Answer(Ok(value))
            }
            Ok(Seen::Added(0)) => self.call(step),
            Ok(Seen::Added(by)) => {
                // Beside what the script asked with: the question's digest is that of the script's arguments alone.
                step.arguments.resize(3, Value::Unit);
                step.arguments.push(Value::Int(by));
                self.call(step)
            }
        }
    }

    fn answer_here(
        &mut self,
        step: Step<'_>,
        answer: fn(&Moment<'_>, &[Value]) -> StepAnswer,
    ) -> Reply {
        let moment = Moment {
            now: self.input.now,
            chance: self.input.chance.as_ref(),
            secrets: self.settings.secrets.as_ref(),
        };
        let answer = answer(&moment, &step.arguments);
        let record = self.record(step, Some(answer.clone()));
        self.steps.push(record);
        Reply::Answer(answer)
    }

    fn wait(
        &mut self,
        step: Step<'_>,
        wait: Wait,
        journaled: Option<cuebook_core::Timestamp>,
    ) -> Reply {
        if let Err(error) = self.refuse_in_parallel(&step) {
            return Reply::Answer(Err(error));
        }
        let now = self.input.now;
        let due = match journaled.map_or_else(|| (wait.due)(now, &step.arguments), Ok) {
            Ok(due) => due,
            Err(error) => return Reply::Answer(Err(error)),
        };
        let answer = (due <= now).then(|| (wait.answer)(due, now));
        let mut record = self.record(step, answer.clone().map(Ok));
        record.wake_at = Some(due);
        match answer {
            Some(value) => {
                self.steps.push(record);
                Reply::Answer(Ok(value))
            }
            None => Reply::Stop(Stop::Waiting(Box::new(record))),
        }
    }

    /// A long wait ends a segment, and a branch has none of its own.
    pub(super) fn refuse_in_parallel(&self, step: &Step<'_>) -> Result<(), CallError> {
        if !self.branch.is_parallel() {
            return Ok(());
        }
        Err(CallError::invalid(format!(
            "{} cannot be used inside of parallel: wait before it or after it",
            step.function.descriptor.name
        )))
    }

    fn send(&mut self, step: Step<'_>, prepare: Prepare) -> Reply {
        let key = |part| effect_key(self.input.run, self.input.generation, &step.path, part);
        let prepared = prepare(
            &PrepareContext {
                now: self.input.now,
                key: &key,
                templates: self.templates.as_ref(),
                default_from: self.settings.default_from.as_deref(),
                default_locale: &self.settings.default_locale,
            },
            &step.arguments,
        );
        match prepared {
            Ok(parts) => {
                self.sends.push(SendRequest {
                    path: step.path,
                    question: step.question,
                    arguments: step.arguments,
                    line: step.line,
                    parts,
                });
                Reply::Answer(Ok(Value::Unit))
            }
            Err(error) => {
                // Journaled, since the script may catch it and go another way: a replay has to go the same, even if it
                // could be prepared by then.
                let mut record = self.record(step, Some(Err(error.clone())));
                record.arguments.clear();
                self.steps.push(record);
                Reply::Answer(Err(error))
            }
        }
    }

    pub(super) fn record(&self, step: Step<'_>, answer: Option<StepAnswer>) -> StepRecord {
        let now = self.input.now;
        StepRecord {
            path: step.path,
            question: step.question,
            kind: step.function.descriptor.kind.step(),
            arguments: step.arguments,
            ended_at: answer.is_some().then_some(now),
            attempts: u32::from(answer.is_some()),
            answer,
            wake_at: None,
            line: step.line,
            started_at: now,
        }
    }

    /// A divergence where the journal has a `parallel` at `path`, of which only the branches' steps are journaled.
    fn parallel_at(&self, path: &StepPath, asked: &str) -> Option<Divergence> {
        let (next, _) = self.input.journal.steps.range(path.clone()..).next()?;
        let branches = format!("{path}.");
        next.to_string().starts_with(&branches).then(|| Divergence {
            path: path.to_string(),
            journaled: "parallel".to_owned(),
            asked: asked.to_owned(),
        })
    }
}

/// The scope among a step's arguments: always the last parameter.
fn scope_argument<'a>(step: &'a Step<'_>) -> Option<&'a Value> {
    let last = step.function.descriptor.parameters.len().checked_sub(1)?;
    step.arguments.get(last)
}
