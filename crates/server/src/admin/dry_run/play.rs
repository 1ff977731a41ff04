//! Rehearses the rule with the answers that there are, within a bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cuebook_core::event::Event;
use cuebook_core::journal::{StepAnswer, StepKind};
use cuebook_rules::rehearse::{
    Answers, Asked, Given, Recorded, Rehearsal, Standing, Waiting, World, accepted,
};
use cuebook_rules::{Engine, Rule};
use cuebook_store::PastRun;

/// So many waits are played through at most.
const WAITS: usize = 50;
/// So long a dry run may take: after that nothing is answered any more.
const TIME: Duration = Duration::from_secs(5);

/// What a rule is tried on.
pub(super) struct Tried {
    /// The event.
    pub(super) event: Arc<Event>,
    /// Its run of this rule, where it is a stored one that had any.
    pub(super) past: Option<PastRun>,
    /// The events that come later, in order.
    pub(super) later: Vec<Arc<Event>>,
    /// The answers that were given.
    pub(super) given: Given,
}

struct Answering {
    given: Given,
    recorded: Recorded,
    until: Instant,
}

impl Answers for Answering {
    fn answer(&mut self, asked: &Asked<'_>) -> Option<StepAnswer> {
        if Instant::now() >= self.until {
            return None;
        }
        let recorded = |recorded: &mut Recorded| recorded.answer(asked).map(|found| found.answer);
        self.given
            .answer(asked)
            .or_else(|| recorded(&mut self.recorded))
            .or_else(|| (asked.kind == StepKind::Write).then(|| Ok(accepted())))
    }
}

/// Runs `rule` to its end over all waits. Needs a thread with a big stack.
pub(super) fn play(engine: &Engine, rule: &Rule, tried: Tried) -> Rehearsal {
    let past = tried.past.as_ref();
    let begun = past.map_or(tried.event.received_at, |past| past.run.created_at);
    let mut world = World::new(begun);
    let mut run = Rehearsal::of_rule(engine, rule, Arc::clone(&tried.event), &world);
    let mut answers = Answering {
        given: tried.given,
        recorded: Recorded::default(),
        until: Instant::now() + TIME,
    };
    if let Some(past) = past {
        run = run.with_id(past.run.id);
        world.now = past.run.started_at.unwrap_or(begun).max(begun);
        answers.recorded = Recorded::of(past.steps.iter().map(|(path, step)| (path, &step.entry)));
    }
    for _ in 0..WAITS {
        let Standing::Waiting { until, what } = run.go(&mut world, &mut answers) else {
            break;
        };
        if Instant::now() >= answers.until {
            break;
        }
        let (until, is_for_event) = (*until, matches!(what, Waiting::Event { .. }));
        let came = tried
            .later
            .iter()
            .find(|event| is_for_event && run.offer(event));
        world.now = world.now.max(came.map_or(until, |event| event.received_at));
        run.wake(world.now);
    }
    run
}
