//! One step: what the journal says about it, and what is to be done where it says nothing.

use cuebook_core::failure::CallError;
use cuebook_core::function::{FunctionKind, Prepare, PrepareContext};
use cuebook_core::journal::{
    CallRequest, Divergence, Entry, Question, SendRequest, StepAnswer, StepPath, StepRecord, digest,
};
use cuebook_core::keys::effect_key;
use cuebook_core::value::Value;

use super::function::{Function, Moment, Source, Wait};
use super::run::{Host, describe};
use super::stop::Stop;

/// What comes of a step.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The script goes on with this.
    Answer(StepAnswer),
    /// The script must not go on.
    Stop(Stop),
}

/// A step that is being taken.
struct Step<'a> {
    function: &'a Function,
    path: StepPath,
    question: Question,
    arguments: Vec<Value>,
    line: Option<u32>,
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
            (Source::Outside, FunctionKind::Send(_)) => Reply::Answer(Ok(Value::Unit)),
            // It is in flight: no second request for it.
            (Source::Outside, _) => Reply::Stop(Stop::Suspended),
        }
    }

    /// A step that nobody took before.
    fn take(&mut self, step: Step<'_>) -> Reply {
        match (step.function.source, step.function.descriptor.kind) {
            (Source::Here(answer), _) => self.answer_here(step, answer),
            (Source::Later(wait), _) => self.wait(step, wait, None),
            (Source::Outside, FunctionKind::Send(prepare)) => self.send(step, prepare),
            (Source::Outside, kind) => {
                self.calls.push(CallRequest {
                    path: step.path,
                    question: step.question,
                    kind: kind.step(),
                    arguments: step.arguments,
                    line: step.line,
                });
                Reply::Stop(Stop::Suspended)
            }
        }
    }

    fn answer_here(&mut self, step: Step<'_>, answer: fn(&Moment<'_>) -> Value) -> Reply {
        let value = answer(&Moment {
            now: self.input.now,
            chance: self.input.chance.as_ref(),
        });
        let record = self.record(step, Some(Ok(value.clone())));
        self.steps.push(record);
        Reply::Answer(Ok(value))
    }

    fn wait(
        &mut self,
        step: Step<'_>,
        wait: Wait,
        journaled: Option<cuebook_core::Timestamp>,
    ) -> Reply {
        if self.branch.is_parallel() {
            return Reply::Answer(Err(CallError::invalid(format!(
                "{} cannot be used inside of parallel: wait before it or after it",
                step.function.descriptor.name
            ))));
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
                    line: step.line,
                    parts,
                });
                Reply::Answer(Ok(Value::Unit))
            }
            Err(error) => Reply::Answer(Err(error)),
        }
    }

    fn record(&self, step: Step<'_>, answer: Option<StepAnswer>) -> StepRecord {
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
