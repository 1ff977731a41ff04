//! What a test plays on: events come, time passes, runs of the rule begin, wait, go on and end, as in a server.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::clock::Timestamp;
use cuebook_core::event::{Event, Origin};
use cuebook_core::rule::RuleName;

use super::answering::{Answering, Caller};
use super::failure::TestFailure;
use super::mocks::Mocks;
use crate::engine::Engine;
use crate::rehearse::{Rehearsal, Standing, Waiting, World};
use crate::set::{Rule, RuleSet};
use crate::suggest;

/// So many turns of runs belong to one call of a test at most: rules may begin each other for ever.
const TURNS: usize = 10_000;

/// What a test plays on.
pub(super) struct Stage {
    pub(super) engine: Engine,
    set: Arc<RuleSet>,
    /// How many parameters each function of the test's file has.
    pub(super) parameters: Arc<BTreeMap<String, usize>>,
    /// The rules that are tested: first the one beside the test, if there is one.
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) world: World,
    /// In the order in which they were made.
    pub(super) runs: Vec<Rehearsal>,
    pub(super) mocks: Mocks,
    /// How many segments of each run have been looked at for what they emitted.
    looked_at: Vec<usize>,
    crashes: bool,
}

impl Stage {
    /// A stage at `now` on which nothing has happened.
    pub(super) fn new(
        engine: Engine,
        set: Arc<RuleSet>,
        rule: Option<Arc<Rule>>,
        parameters: Arc<BTreeMap<String, usize>>,
        now: Timestamp,
        crashes: bool,
    ) -> Self {
        Self {
            engine,
            set,
            parameters,
            rules: rule.into_iter().collect(),
            world: World::new(now),
            runs: Vec::new(),
            mocks: Mocks::default(),
            looked_at: Vec::new(),
            crashes,
        }
    }

    /// Whether nothing has happened yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.runs.is_empty() && self.world.last_event().is_none()
    }

    /// Another rule takes part.
    pub(super) fn with_rule(&mut self, name: &str) -> Result<(), TestFailure> {
        let found = self
            .set
            .rules
            .values()
            .find(|rule| rule.name.as_str() == name);
        let Some(rule) = found else {
            let names = self.set.rules.keys().map(RuleName::as_str);
            let near = suggest::nearest(name, names);
            let failure = TestFailure::new(format!("there is no rule {name:?}"));
            return Err(match near {
                Some(near) => failure.with_help(format!("did you mean `{near}`?")),
                None => failure,
            });
        };
        if self.rules.iter().all(|known| known.name != rule.name) {
            self.rules.push(Arc::clone(rule));
        }
        Ok(())
    }

    /// An event comes, and all that can happen because of it now does. Gives the places of the runs that it began.
    pub(super) fn trigger(
        &mut self,
        event: Event,
        caller: &mut Caller<'_>,
    ) -> Result<Vec<usize>, TestFailure> {
        let began = self.accept(&Arc::new(event));
        self.settle(caller)?;
        Ok(began)
    }

    /// Time passes until `then`; whoever waits for a moment on the way goes on at that moment.
    pub(super) fn pass_time(
        &mut self,
        then: Timestamp,
        caller: &mut Caller<'_>,
    ) -> Result<(), TestFailure> {
        for _ in 0..TURNS {
            let next = self
                .runs
                .iter()
                .filter_map(|run| run.standing().wakes_at())
                .min();
            let Some(next) = next.filter(|next| *next <= then) else {
                self.world.now = self.world.now.max(then);
                return Ok(());
            };
            self.world.now = self.world.now.max(next);
            for run in &mut self.runs {
                run.wake(self.world.now);
            }
            self.settle(caller)?;
        }
        Err(endless())
    }

    /// Takes an event, as the transaction does that accepts one.
    fn accept(&mut self, event: &Arc<Event>) -> Vec<usize> {
        self.world.accept(Arc::clone(event));
        self.cancel_on(event);
        for run in &mut self.runs {
            run.offer(event);
        }
        let mut began = Vec::new();
        let rules: Vec<Arc<Rule>> = self
            .rules
            .iter()
            .filter(|rule| takes(rule, event))
            .cloned()
            .collect();
        for rule in rules {
            let mut run = Rehearsal::of_rule(&self.engine, &rule, Arc::clone(event), &self.world);
            if self.crashes {
                run.crash_everywhere();
            }
            if run.debounce(self.world.now).is_some() {
                self.supersede(&rule.name, event);
            }
            began.push(self.runs.len());
            self.runs.push(run);
            self.looked_at.push(0);
        }
        began
    }

    /// Ends the runs that the event ends.
    fn cancel_on(&mut self, event: &Event) {
        let (Some(event_type), Some(subject)) = (&event.event_type, &event.subject) else {
            return;
        };
        for run in &mut self.runs {
            let names = &run.options().cancel_on;
            let is_named = names.iter().any(|name| name == event_type.as_str());
            if is_named && run.event().subject.as_ref() == Some(subject) {
                run.cancel(event, &mut self.world);
            }
        }
    }

    /// Of a burst, the last one runs.
    fn supersede(&mut self, rule: &RuleName, by: &Event) {
        for run in &mut self.runs {
            let is_quiet = matches!(
                run.standing(),
                Standing::Waiting {
                    what: Waiting::Quiet,
                    ..
                }
            );
            if is_quiet && run.rule() == rule && run.event().subject == by.subject {
                run.supersede(by);
            }
        }
    }

    /// Lets the runs that can go on do so, in the order of arrival, until none can.
    fn settle(&mut self, caller: &mut Caller<'_>) -> Result<(), TestFailure> {
        for _ in 0..TURNS {
            let Some(at) = self.next_ready() else {
                return Ok(());
            };
            self.go(at, caller)?;
            for event in self.emitted(at) {
                self.accept(&event);
            }
        }
        Err(endless())
    }

    /// Lets one run go on.
    fn go(&mut self, at: usize, caller: &mut Caller<'_>) -> Result<(), TestFailure> {
        let Self {
            engine,
            runs,
            world,
            mocks,
            ..
        } = self;
        let Some(run) = runs.get_mut(at) else {
            return Ok(());
        };
        let mut answering = Answering::new(mocks, engine.functions(), caller);
        run.go(world, &mut answering);
        match answering.failure {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    /// The first run that can go on. Of a lane that is the one that came first: each segment is over before another begins.
    fn next_ready(&self) -> Option<usize> {
        self.runs
            .iter()
            .position(|run| *run.standing() == Standing::Ready)
    }

    /// The events that a run has emitted since this was last asked.
    fn emitted(&mut self, at: usize) -> Vec<Arc<Event>> {
        let (Some(run), Some(looked_at)) = (self.runs.get(at), self.looked_at.get_mut(at)) else {
            return Vec::new();
        };
        let new = run.segments().iter().skip(*looked_at);
        let events = new
            .flat_map(|segment| segment.emitted.iter().cloned())
            .collect();
        *looked_at = run.segments().len();
        events
    }
}

fn endless() -> TestFailure {
    TestFailure::new(format!(
        "this came to no end: runs went on {TURNS} times, each because of another or of `retry_in`"
    ))
}

/// Whether an event begins a run of a rule. A rule that runs only when asked for by name is asked for.
fn takes(rule: &Rule, event: &Event) -> bool {
    let by_name = matches!(
        rule.name.folder(),
        crate::set::MANUAL | crate::set::SCHEDULE
    );
    by_name && event.origin != Origin::Emit
        || event
            .event_type
            .as_ref()
            .is_some_and(|name| rule.takes(name, event.origin))
}
