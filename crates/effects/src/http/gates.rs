//! How many requests are out at once: a bound for each host and one in all, shared so that hosts that hang hold up nobody
//! else.
//!
//! A host begins with few places and earns one more with each answer. A request without an answer after half a second
//! gives its place among all back, so that others go on (as long as there are not too many such); a host that is found
//! hanging loses half of its places. Those who wait are let in one host after the other, not in the order in which they
//! came.
//!
//! A send that finds its host full may queue for a moment where the host *moves*, that is, has just answered or
//! begun another.

mod host;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use self::host::Host;

/// Hosts that are remembered before idle ones are forgotten.
const REMEMBERED: usize = 1024;
/// How many requests may go on without a place among all, for each place that there is.
const SLOW: usize = 2;
/// A host moves if it answered or was asked so long ago at most; and so long is queued for it at most.
const MOMENT: Duration = Duration::from_millis(100);
/// So many queue for a host that moves, for each request that it may have.
const QUEUE: usize = 10;

/// The bounds.
#[derive(Clone)]
pub(crate) struct Gates(Arc<Mutex<Inside>>);

struct Inside {
    hosts: HashMap<String, Host>,
    /// Hosts for which somebody waits, the next one first.
    turns: VecDeque<String>,
    /// Requests that have a place among all, and those that gave it back.
    quick: usize,
    slow: usize,
    per_host: usize,
    in_all: usize,
}

/// The right to make one attempt now; given back when dropped. By default of a kind that needs none.
#[derive(Default)]
pub struct Passage(Option<Place>);

struct Place {
    gates: Gates,
    host: String,
    is_slow: bool,
}

/// A place in the queue of a host that moves.
pub struct Queued {
    gates: Gates,
    host: String,
}

impl Queued {
    /// The right to make an attempt, if it comes within a moment.
    pub async fn passage(self) -> Option<Passage> {
        let passage = self.gates.enter(&self.host);
        tokio::time::timeout(MOMENT, passage).await.ok()
    }
}

impl Gates {
    /// Bounds of `per_host` and `in_all`.
    pub(crate) fn new(per_host: usize, in_all: usize) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            hosts: HashMap::new(),
            turns: VecDeque::new(),
            quick: 0,
            slow: 0,
            per_host: per_host.max(1),
            in_all: in_all.max(1),
        })))
    }

    /// Waits for the right to send to `host`.
    pub(crate) async fn enter(&self, host: &str) -> Passage {
        loop {
            let turn = {
                let mut inside = self.inside();
                if inside.may_enter(host) {
                    inside.take(host);
                    return self.passage(host);
                }
                inside.queue(host)
            };
            let Ok(place) = turn.await else {
                // Whoever let it in is gone with the place; it asks anew.
                continue;
            };
            return place;
        }
    }

    /// The right to send to `host`, if it can be had without waiting.
    pub(crate) fn try_enter(&self, host: &str) -> Option<Passage> {
        let mut inside = self.inside();
        if !inside.may_enter(host) {
            return None;
        }
        inside.take(host);
        Some(self.passage(host))
    }

    /// A place in the queue for the right to send to `host`, if it moves and not too many queue already.
    pub(crate) fn queue(&self, host: &str) -> Option<Queued> {
        let mut inside = self.inside();
        let most = inside.per_host * QUEUE;
        let found = inside.host(host);
        (found.moves(MOMENT) && found.waiting.len() < most).then(|| Queued {
            gates: self.clone(),
            host: host.to_owned(),
        })
    }

    fn passage(&self, host: &str) -> Passage {
        Passage(Some(Place {
            gates: self.clone(),
            host: host.to_owned(),
            is_slow: false,
        }))
    }

    /// Lets in who may come in now.
    fn let_in(&self) {
        loop {
            let (turn, host) = {
                let mut inside = self.inside();
                let Some(next) = inside.next() else {
                    return;
                };
                next
            };
            // One who does not wait any more gives the place back as it is dropped, outside of the lock.
            drop(turn.send(self.passage(&host)));
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn host(&mut self, name: &str) -> &mut Host {
        if self.hosts.len() >= REMEMBERED && !self.hosts.contains_key(name) {
            self.hosts.retain(|_, host| !host.is_idle());
        }
        self.hosts.entry(name.to_owned()).or_default()
    }

    fn may_enter(&mut self, name: &str) -> bool {
        let (is_full, per_host) = (self.quick >= self.in_all, self.per_host);
        !is_full && self.host(name).has_room(per_host)
    }

    fn take(&mut self, name: &str) {
        self.host(name).begin();
        self.quick += 1;
    }

    fn queue(&mut self, name: &str) -> oneshot::Receiver<Passage> {
        let (turn, waiting) = oneshot::channel();
        let host = self.host(name);
        host.waiting.push_back(turn);
        if host.waiting.len() == 1 {
            self.turns.push_back(name.to_owned());
        }
        waiting
    }

    /// The next who may come in; its place is taken.
    fn next(&mut self) -> Option<(oneshot::Sender<Passage>, String)> {
        for _ in 0..self.turns.len() {
            if self.quick >= self.in_all {
                return None;
            }
            let name = self.turns.pop_front()?;
            let per_host = self.per_host;
            let host = self.host(&name);
            host.waiting.retain(|turn| !turn.is_closed());
            let turn = host.has_room(per_host).then(|| host.waiting.pop_front());
            if !host.waiting.is_empty() {
                self.turns.push_back(name.clone());
            }
            if let Some(turn) = turn.flatten() {
                self.take(&name);
                return Some((turn, name));
            }
        }
        None
    }

    /// Whether one more request may go on without a place among all.
    fn has_room_for_slow(&self) -> bool {
        self.slow < self.in_all * SLOW
    }
}

impl Passage {
    /// There was an answer.
    pub(crate) fn answered(&self) {
        let Some(place) = &self.0 else { return };
        let mut inside = place.gates.inside();
        let per_host = inside.per_host;
        inside.host(&place.host).earn(per_host);
    }

    /// There is no answer yet: others get its place among all.
    pub(crate) fn is_slow(&mut self) {
        let Some(place) = &mut self.0 else { return };
        {
            let mut inside = place.gates.inside();
            if place.is_slow || !inside.has_room_for_slow() {
                return;
            }
            inside.quick -= 1;
            inside.slow += 1;
            place.is_slow = true;
        }
        place.gates.let_in();
    }

    /// There is no answer, and none is to be expected: its host gets fewer places.
    pub(crate) fn hangs(&self) {
        let Some(place) = &self.0 else { return };
        place.gates.inside().host(&place.host).lose();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        {
            let mut inside = self.gates.inside();
            inside.host(&self.host).under_way -= 1;
            if self.is_slow {
                inside.slow -= 1;
            } else {
                inside.quick -= 1;
            }
        }
        self.gates.let_in();
    }
}

impl std::fmt::Debug for Passage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = self.0.as_ref().map(|place| &place.host);
        f.debug_tuple("Passage").field(&host).finish()
    }
}

#[cfg(test)]
mod tests;
