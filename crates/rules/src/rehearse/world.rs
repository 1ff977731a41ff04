//! What several rehearsed runs share: the time, the events that came, what rules remember.

use std::sync::Arc;

use cuebook_core::chance::{Chance, CountedChance};
use cuebook_core::clock::Timestamp;
use cuebook_core::event::Event;
use cuebook_core::ids::EventId;
use cuebook_core::pid::Pid;

use super::memory::Memory;

/// What rehearsed runs share.
pub struct World {
    /// The present moment. Whoever moves it wakes the runs whose time has come.
    pub now: Timestamp,
    /// Where ids come from.
    pub chance: Arc<dyn Chance>,
    /// What rules remember.
    pub memory: Memory,
    /// The events that came, in order of arrival: a run that begins to wait is given one that came after its own.
    events: Vec<Arc<Event>>,
}

impl World {
    /// A world at `now` in which nothing has happened, whose ids are the same each time.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            chance: Arc::new(CountedChance::default()),
            memory: Memory::default(),
            events: Vec::new(),
        }
    }

    /// An event comes.
    pub fn accept(&mut self, event: Arc<Event>) {
        self.events.push(event);
    }

    /// The event that came last.
    pub fn last_event(&self) -> Option<&Arc<Event>> {
        self.events.last()
    }

    /// The subject of the last event that has one.
    pub(crate) fn last_subject(&self) -> Option<&Pid> {
        self.events
            .iter()
            .rev()
            .find_map(|event| event.subject.as_ref())
    }

    /// The events that came after the one with this id; all, where that one did not come here.
    pub(super) fn after(&self, own: EventId) -> &[Arc<Event>] {
        let own = self.events.iter().rposition(|event| event.id == own);
        own.and_then(|own| self.events.get(own + 1..))
            .unwrap_or(&self.events)
    }
}
