//! The events that were just accepted, kept in memory for the runs that they have got: most runs begin within a moment, and
//! need not ask the database for what this process has just written.
//!
//! Bounded: the oldest go first, and each goes with its last run. What is not here is asked of the database; an event whose
//! transaction was not committed has no run that would ask for it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cuebook_core::EventId;
use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::event::Event;
use uuid::Uuid;

/// So many events are kept at most.
const EVENTS: usize = 4096;
/// So many bytes of bodies and headers are kept at most.
const BYTES: usize = 8 * 1024 * 1024;

/// The events.
#[derive(Default)]
pub(crate) struct FreshEvents(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    events: HashMap<EventId, Fresh>,
    /// In order of arrival; some have gone by now.
    order: VecDeque<EventId>,
    bytes: usize,
}

struct Fresh {
    event: Arc<Event>,
    /// How many of its runs have not asked for it yet.
    runs: usize,
}

impl FreshEvents {
    /// Keeps an event for so many runs.
    pub(crate) fn keep(&self, event: &Event, runs: usize) {
        if runs == 0 || event.body.len() > BYTES / 8 {
            return;
        }
        let mut kept = self.kept();
        // A group that was undone and applied anew keeps its events again.
        kept.remove(event.id);
        kept.order.push_back(event.id);
        let mut event = event.clone();
        // As the row gives it: what a script does with it must be the same in the next pass.
        event.received_at = from_micros(to_micros(event.received_at));
        kept.bytes += size(&event);
        let (id, event) = (event.id, Arc::new(event));
        kept.events.insert(id, Fresh { event, runs });
        while kept.order.len() > EVENTS || kept.bytes > BYTES {
            let Some(oldest) = kept.order.pop_front() else {
                return;
            };
            kept.remove(oldest);
        }
    }

    /// Gives an event to one of its runs, if it is still here.
    pub(crate) fn take(&self, id: EventId) -> Option<Arc<Event>> {
        let mut kept = self.kept();
        let fresh = kept.events.get_mut(&id)?;
        fresh.runs = fresh.runs.saturating_sub(1);
        let (event, is_last) = (Arc::clone(&fresh.event), fresh.runs == 0);
        if is_last {
            kept.remove(id);
        }
        Some(event)
    }

    /// Keeps these no longer.
    pub(crate) fn forget(&self, ids: &[Uuid]) {
        let mut kept = self.kept();
        for id in ids {
            kept.remove(EventId(*id));
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, id: EventId) {
        if let Some(fresh) = self.events.remove(&id) {
            self.bytes = self.bytes.saturating_sub(size(&fresh.event));
        }
    }
}

/// How much memory an event takes, about.
fn size(event: &Event) -> usize {
    let headers = event.headers.iter();
    let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
    event.body.len() + headers
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use cuebook_core::event::Origin;
    use cuebook_core::{Account, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn event(number: u128, body: usize) -> Event {
        Event {
            id: EventId(Uuid::from_u128(number)),
            account: Account::default(),
            event_type: None,
            wire_type: None,
            subject: None,
            origin: Origin::Webhook,
            received_at: Timestamp::UNIX_EPOCH,
            headers: Vec::new(),
            body: vec![0; body],
            capture: false,
            parent: None,
            depth: 0,
            trust: cuebook_core::event::Trust::Token,
        }
    }

    fn id(number: u128) -> EventId {
        EventId(Uuid::from_u128(number))
    }

    #[test]
    fn an_event_is_here_for_each_of_its_runs_and_then_gone() {
        let fresh = FreshEvents::default();
        fresh.keep(&event(1, 10), 2);
        fresh.keep(&event(2, 10), 0);
        assert!(fresh.take(id(1)).is_some());
        assert!(fresh.take(id(1)).is_some());
        assert!(fresh.take(id(1)).is_none());
        assert!(fresh.take(id(2)).is_none(), "nobody will ask for it");
    }

    #[test]
    fn an_event_is_what_the_database_would_give() {
        let fresh = FreshEvents::default();
        let mut odd = event(1, 10);
        odd.received_at += TimeDelta::nanoseconds(1_234);
        fresh.keep(&odd, 1);
        let kept = fresh.take(id(1)).unwrap();
        assert_eq!(kept.received_at, from_micros(to_micros(odd.received_at)));
    }

    #[test]
    fn an_event_that_is_kept_again_counts_once() {
        let fresh = FreshEvents::default();
        for _ in 0..20 {
            fresh.keep(&event(1, BYTES / 8), 1);
        }
        fresh.keep(&event(2, BYTES / 8), 1);
        assert!(fresh.take(id(1)).is_some() && fresh.take(id(2)).is_some());
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let fresh = FreshEvents::default();
        for number in 0..=EVENTS as u128 {
            fresh.keep(&event(number, 0), 1);
        }
        assert!(fresh.take(id(0)).is_none());
        assert!(fresh.take(id(1)).is_some());
        for number in 10_000..10_009 {
            fresh.keep(&event(number, BYTES / 8), 1);
        }
        assert!(fresh.take(id(10_000)).is_none());
        assert!(fresh.take(id(10_008)).is_some());
        fresh.keep(&event(20_000, BYTES / 8 + 1), 1);
        assert!(fresh.take(id(20_000)).is_none(), "too large to be kept");
    }
}
