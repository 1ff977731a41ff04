//! What two versions of a rule do to one event.

use std::sync::Arc;

use cuebook_core::clock::Timestamp;
use cuebook_rules::rehearse::{Recorded, Rehearsal, Standing, World};
use cuebook_rules::{Engine, Rule, on_big_stack};

use super::occasion::Occasion;
use crate::backtest::difference;
use crate::dry_run::{Answering, play};
use crate::output::Colour;
use crate::past::LiveReads;

/// What came of trying a rule.
pub(super) struct Tried {
    /// The differences, in lines; `None` where there are none.
    pub(super) difference: Option<String>,
    /// Why the new version does not come to its end, where it does not.
    pub(super) trouble: Option<String>,
}

/// Tries the rule as it was and as it is, with the same answers.
pub(super) fn tried(
    engine: &Engine,
    before: Option<&Rule>,
    after: &Rule,
    occasion: &Occasion,
    pretend: &LiveReads,
    colour: Colour,
) -> std::io::Result<Tried> {
    on_big_stack(|| {
        let before = before.map(|rule| rehearsed(engine, rule, occasion, pretend));
        let after = rehearsed(engine, after, occasion, pretend);
        Tried {
            difference: difference(before.as_ref(), &after, colour),
            trouble: trouble(after.standing()),
        }
    })
}

fn rehearsed(engine: &Engine, rule: &Rule, occasion: &Occasion, pretend: &LiveReads) -> Rehearsal {
    let past = occasion.past.as_ref();
    let begun: Timestamp = past.map_or(occasion.event.received_at, |past| past.run.created_at);
    let mut world = World::new(begun);
    let mut run = Rehearsal::of_rule(engine, rule, Arc::clone(&occasion.event), &world);
    let mut answers = Answering {
        pretend: Some(pretend),
        ..Answering::default()
    };
    if let Some(past) = past {
        run = run.with_id(past.run.id);
        world.now = past.run.started_at.unwrap_or(begun).max(begun);
        answers.recorded = Recorded::of(past.steps.iter().map(|(path, step)| (path, &step.entry)));
    }
    play(&mut run, &mut world, &mut answers, &occasion.later, None);
    run
}

fn trouble(standing: &Standing) -> Option<String> {
    let reason = standing.reason();
    match standing {
        Standing::Failed(_) | Standing::Blocked(_) => {
            reason.map(|reason| format!("it fails: {reason}"))
        }
        Standing::Unanswered { .. } => {
            reason.map(|reason| format!("{reason}: `cuebook run --answer` gives one"))
        }
        _ => None,
    }
}
