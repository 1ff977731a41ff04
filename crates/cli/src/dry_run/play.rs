//! Goes through a run's waits: time passes at once, and of the later events each that ends a wait is given to it.

use cuebook_core::Timestamp;
use cuebook_rules::rehearse::{Rehearsal, Standing, Waiting, World};

use super::answers::Answering;
use super::event::Later;

/// So many waits are played through at most: a rule that tries again for ever has no end.
const MOST: usize = 100;

/// How a wait came to its end.
#[derive(Debug)]
pub(crate) struct Happened {
    /// When.
    pub(crate) at: Timestamp,
    /// What.
    pub(crate) what: String,
}

/// Plays `run` to its end, or to a wait whose time lies behind `until`; `later` are the events that come, in order.
pub(crate) fn play(
    run: &mut Rehearsal,
    world: &mut World,
    answers: &mut Answering<'_>,
    later: &[Later],
    until: Option<Timestamp>,
) -> Vec<Happened> {
    let mut happened = Vec::new();
    for _ in 0..MOST {
        let Standing::Waiting { until: due, what } = run.go(world, answers) else {
            break;
        };
        let (due, is_for_event) = (*due, matches!(what, Waiting::Event { .. }));
        let reason = what.reason(due);
        let came = later.iter().find(|event| is_for_event && run.offer(event));
        if let Some(event) = came {
            world.now = world.now.max(event.received_at);
            let name = event
                .event_type
                .as_ref()
                .map_or("event", |name| name.as_str());
            happened.push(Happened {
                at: world.now,
                what: format!("{reason}: {name} came"),
            });
            continue;
        }
        if until.is_some_and(|until| due > until) {
            break;
        }
        world.now = world.now.max(due);
        run.wake(world.now);
        let ending = if is_for_event {
            "none came"
        } else {
            "the time is over"
        };
        happened.push(Happened {
            at: world.now,
            what: format!("{reason}: {ending}"),
        });
    }
    happened
}
