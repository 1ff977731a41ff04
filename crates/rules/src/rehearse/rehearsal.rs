//! One rehearsed run: from its event to its end or its next wait.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use cuebook_core::clock::{Timestamp, later};
use cuebook_core::emitted::check_count;
use cuebook_core::event::Event;
use cuebook_core::ids::{EventId, RunId};
use cuebook_core::journal::{Cut, Journal, SendRequest, StepPath, StepRecord};
use cuebook_core::log_line::LogLine;
use cuebook_core::remembering::Whose;
use cuebook_core::rule::{RuleName, RuleOptions};
use cuebook_core::send::Route;

use super::answers::Answers;
use super::standing::{Standing, Waiting};
use super::world::World;
use crate::engine::Engine;
use crate::outcome::{Outcome, ScriptFailure};
use crate::pass::{Pass, PassInput};
use crate::program::Program;
use crate::set::Rule;

/// What a run sent in one segment, which has ended.
#[derive(Debug, Clone)]
pub struct SentSegment {
    /// When it ended.
    pub at: Timestamp,
    /// The sends, with their arguments and as they were prepared.
    pub sends: Vec<SendRequest>,
    /// The events that it emitted, in order.
    pub emitted: Vec<Arc<Event>>,
}

/// A run that is rehearsed.
///
/// ```ignore
/// let mut world = World::new(event.received_at);
/// let mut run = Rehearsal::of_rule(&engine, &rule, event, &mut world);
/// run.go(&mut world, &mut |asked: &Asked<'_>| (asked.function == "http::get").then(|| Ok(Value::Unit)));
/// if let Standing::Waiting { until, .. } = run.standing() {
///     world.now = *until;
///     run.wake(world.now);
/// }
/// ```
pub struct Rehearsal {
    pub(super) engine: Engine,
    pub(super) program: Arc<Program>,
    pub(super) rule: RuleName,
    pub(super) options: RuleOptions,
    pub(super) id: RunId,
    pub(super) event: Arc<Event>,
    pub(super) created_at: Timestamp,
    pub(super) standing: Standing,
    pub(super) journal: Arc<Journal>,
    pub(super) steps: BTreeMap<StepPath, StepRecord>,
    pub(super) logs: Vec<LogLine>,
    pub(super) segments: Vec<SentSegment>,
    /// The events that were given to its waits.
    pub(super) given: BTreeSet<EventId>,
    pub(super) crashes: bool,
    /// With crashes: the calls that were asked and not answered, the first first.
    pub(super) queue: VecDeque<StepPath>,
}

impl Rehearsal {
    /// A run of `program` on `event`, not begun.
    pub fn new(
        engine: &Engine,
        program: Arc<Program>,
        options: RuleOptions,
        event: Arc<Event>,
        world: &World,
    ) -> Self {
        Self {
            engine: engine.clone(),
            rule: program.rule().clone(),
            program,
            options,
            id: RunId(world.chance.uuid(world.now)),
            event,
            created_at: world.now,
            standing: Standing::Ready,
            journal: Arc::default(),
            steps: BTreeMap::new(),
            logs: Vec::new(),
            segments: Vec::new(),
            given: BTreeSet::new(),
            crashes: false,
            queue: VecDeque::new(),
        }
    }

    /// A run of `rule` on `event`, not begun.
    pub fn of_rule(engine: &Engine, rule: &Rule, event: Arc<Event>, world: &World) -> Self {
        let (program, options) = (Arc::clone(&rule.program), rule.options.clone());
        Self::new(engine, program, options, event, world)
    }

    /// The same with the id of a run that there was: the keys of what it sends are made of it.
    #[must_use]
    pub fn with_id(mut self, id: RunId) -> Self {
        self.id = id;
        self
    }

    /// Goes on until the run ends, waits, or nobody has an answer. Does nothing for a run that does not stand
    /// [`Standing::Ready`]. Needs a thread with a big stack, as [`Engine::advance`] does.
    pub fn go(&mut self, world: &mut World, answers: &mut dyn Answers) -> &Standing {
        while self.standing == Standing::Ready {
            self.standing = self.pass(world, answers);
            if self.crashes {
                self.crash();
            }
        }
        if matches!(
            self.standing,
            Standing::Failed(_) | Standing::Cancelled { .. }
        ) {
            world.memory.free(self.id);
        }
        &self.standing
    }

    /// One pass of the script and what it asked for.
    fn pass(&mut self, world: &mut World, answers: &mut dyn Answers) -> Standing {
        if let Some(overdue) = self.overdue(world.now) {
            return Standing::Failed(overdue);
        }
        let input = PassInput {
            event: Arc::clone(&self.event),
            run: self.id,
            generation: 0,
            journal: Arc::clone(&self.journal),
            now: world.now,
            chance: Arc::clone(&world.chance),
        };
        let mut pass = self.engine.advance(&self.program, &input);
        // The journal is to be in one hand again before it is added to.
        drop(input);
        if self.overrule(&mut pass, world.now, answers) {
            return Standing::Ready;
        }
        self.take(&mut pass);
        match pass.outcome {
            Outcome::Suspended { calls } => self.perform(calls, world, answers),
            Outcome::Completed => self.end_segment(pass.sends, world, Standing::Completed),
            Outcome::Skipped { reason } => Standing::Skipped { reason },
            Outcome::Failed(failure) => Standing::Failed(failure),
            Outcome::Blocked(divergence) => Standing::Blocked(divergence),
            Outcome::Waiting { step } => {
                let until = step.wake_at.unwrap_or(world.now);
                self.record(step);
                let waits = self.waiting(until, Waiting::Sleep);
                self.end_segment(pass.sends, world, waits)
            }
            Outcome::Awaiting { step, wait } => {
                let path = step.path.clone();
                let until = wait.deadline;
                self.record(step);
                let waits = self.waiting(until, Waiting::Event { path, wait });
                let standing = self.end_segment(pass.sends, world, waits);
                self.look_back(standing, world)
            }
            Outcome::RetryIn { delay, reason } => {
                self.cut();
                self.waiting(later(world.now, delay), Waiting::Retry { reason })
            }
        }
    }

    /// Keeps what a pass answered and logged.
    fn take(&mut self, pass: &mut Pass) {
        for step in std::mem::take(&mut pass.steps) {
            self.record(step);
        }
        let logs = std::mem::take(&mut pass.logs);
        let journal = Arc::make_mut(&mut self.journal);
        journal
            .logged
            .extend(logs.iter().map(|line| line.key.clone()));
        self.logs.extend(logs);
    }

    /// Lets the next pass see `step`.
    pub(super) fn record(&mut self, step: StepRecord) {
        Arc::make_mut(&mut self.journal)
            .steps
            .insert(step.path.clone(), step.entry());
        self.steps.insert(step.path.clone(), step);
    }

    /// The end of a segment: what was sent goes out, all of it or nothing.
    fn end_segment(
        &mut self,
        sends: Vec<SendRequest>,
        world: &mut World,
        well: Standing,
    ) -> Standing {
        match self.send(sends, world) {
            Ok(()) => well,
            Err(failure) => Standing::Failed(failure),
        }
    }

    fn send(&mut self, sends: Vec<SendRequest>, world: &mut World) -> Result<(), ScriptFailure> {
        if sends.is_empty() {
            return Ok(());
        }
        let now = world.now;
        let changes = self
            .whose()
            .changes(&sends)
            .map_err(|error| failed("emit_limit", format!("state: {error}")))?;
        let bodies: Vec<&[u8]> = sends
            .iter()
            .flat_map(|send| &send.parts)
            .filter(|part| part.route == Route::Event)
            .map(|part| part.body.as_slice())
            .collect();
        let emit_limit =
            |error: cuebook_core::emitted::CannotEmit| failed("emit_limit", error.to_string());
        check_count(bodies.len()).map_err(emit_limit)?;
        let emitted = bodies
            .into_iter()
            .map(|body| {
                let id = EventId(world.chance.uuid(now));
                self.event.emitting(body, id, now).map(Arc::new)
            })
            .collect::<Result<_, _>>()
            .map_err(emit_limit)?;
        world
            .memory
            .apply(&changes)
            .map_err(|error| failed("state", error.to_string()))?;
        for send in &sends {
            self.record(send.step(now));
        }
        self.segments.push(SentSegment {
            at: now,
            sends,
            emitted,
        });
        Ok(())
    }

    /// Forgets what stands behind the last write or long wait.
    fn cut(&mut self) {
        let cut = Cut::of_journal(&self.journal);
        Arc::make_mut(&mut self.journal)
            .steps
            .retain(|path, _| cut.keeps(path));
        self.steps.retain(|path, _| cut.keeps(path));
    }

    /// Why the run may not go on, where its time is over.
    fn overdue(&self, now: Timestamp) -> Option<ScriptFailure> {
        let timeout = self.options.timeout?;
        (later(self.created_at, timeout) <= now).then(|| {
            let seconds = timeout.as_secs();
            failed(
                "timeout",
                format!("it has taken longer than the rule's timeout of {seconds} s"),
            )
        })
    }

    pub(super) fn whose(&self) -> Whose<'_> {
        Whose {
            account: &self.event.account,
            rule: &self.rule,
            event: &self.event,
        }
    }
}

/// Why a segment could not end.
fn failed(code: &str, reason: String) -> ScriptFailure {
    ScriptFailure {
        code: code.to_owned(),
        reason,
        line: None,
    }
}
