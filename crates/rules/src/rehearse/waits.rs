//! A run that waits: what ends its wait.

use std::sync::Arc;

use cuebook_core::clock::{Timestamp, later};
use cuebook_core::event::Event;
use cuebook_core::journal::StepPath;

use super::answers::Answers;
use super::rehearsal::Rehearsal;
use super::standing::{Standing, Waiting};
use super::world::World;

/// So many waits are played through at most: a rule that tries again for ever has no end.
const MOST: usize = 500;

impl Rehearsal {
    /// An event comes. Says whether the run waited for it, and can go on now.
    pub fn offer(&mut self, event: &Event) -> bool {
        let Standing::Waiting {
            what: Waiting::Event { path, wait },
            ..
        } = &self.standing
        else {
            return false;
        };
        if event.id == self.event.id || self.given.contains(&event.id) || !wait.is_ended_by(event) {
            return false;
        }
        let path = path.clone();
        self.give(&path, event);
        true
    }

    /// Time has passed. Says whether what the run waited for is over, so that it can go on now.
    pub fn wake(&mut self, now: Timestamp) -> bool {
        let is_due = self.standing.wakes_at().is_some_and(|until| until <= now);
        if is_due {
            self.standing = Standing::Ready;
        }
        is_due
    }

    /// The run has to wait for quiet before it begins: its rule has `debounce`, and its event a subject. Gives how long.
    pub fn debounce(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.event.subject.as_ref()?;
        let until = later(now, self.options.debounce?);
        self.standing = Standing::Waiting {
            until,
            what: Waiting::Quiet,
        };
        Some(until)
    }

    /// A later event of the same burst takes the run's place.
    pub fn supersede(&mut self, by: &Event) {
        self.standing = Standing::Skipped {
            reason: format!(
                "superseded by the event {}, which came before it was quiet",
                by.id
            ),
        };
    }

    /// An event ends the run, as `cancel_on` says. Says whether there was something to end.
    pub fn cancel(&mut self, by: &Event, world: &mut World) -> bool {
        if self.standing.has_ended() {
            return false;
        }
        let name = by.event_type.as_ref().map_or("", |name| name.as_str());
        self.standing = Standing::Cancelled {
            reason: format!("the event {} of type {name} ends it", by.id),
        };
        world.memory.free(self.id);
        true
    }

    /// Goes on to the end over all waits: time passes at once, and `answers` says which event ended a wait, if one did.
    /// The world's clock is moved along.
    pub fn play(&mut self, world: &mut World, answers: &mut dyn Answers) -> &Standing {
        for _ in 0..MOST {
            let Standing::Waiting { until, what } = self.go(world, answers) else {
                break;
            };
            let until = *until;
            let came = match what {
                Waiting::Event { path, wait } => {
                    answers.event(wait, path).map(|event| (path.clone(), event))
                }
                Waiting::Sleep | Waiting::Retry { .. } | Waiting::Quiet => None,
            };
            if let Some((path, event)) = came {
                world.now = world.now.max(event.received_at);
                self.give(&path, &event);
            } else {
                world.now = world.now.max(until);
                self.wake(world.now);
            }
        }
        &self.standing
    }

    /// Waits until `until`, or until the run has taken too long.
    pub(super) fn waiting(&self, until: Timestamp, what: Waiting) -> Standing {
        let deadline = self
            .options
            .timeout
            .map(|timeout| later(self.created_at, timeout));
        Standing::Waiting {
            until: deadline.map_or(until, |deadline| deadline.min(until)),
            what,
        }
    }

    /// A run that begins to wait is given an event that came before it did.
    pub(super) fn look_back(&mut self, standing: Standing, world: &World) -> Standing {
        let Standing::Waiting {
            what: Waiting::Event { path, wait },
            ..
        } = &standing
        else {
            return standing;
        };
        let came = world
            .after(self.event.id)
            .iter()
            .find(|event| !self.given.contains(&event.id) && wait.is_ended_by(event));
        match came {
            Some(event) => {
                let (path, event) = (path.clone(), Arc::clone(event));
                self.give(&path, &event);
                Standing::Ready
            }
            None => standing,
        }
    }

    fn give(&mut self, path: &StepPath, event: &Event) {
        let Some(mut step) = self.steps.get(path).cloned() else {
            return;
        };
        step.answer = Some(Ok(event.to_value()));
        step.ended_at = Some(event.received_at.max(step.started_at));
        step.attempts = 1;
        self.record(step);
        self.given.insert(event.id);
        self.standing = Standing::Ready;
    }
}
