//! What is in hand: a bound on how much it may be, and the list of it, for the store to tell strays from.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What is in hand, by id.
pub(crate) struct InHand<Id> {
    /// For those that are at work.
    room: Arc<Semaphore>,
    /// For all.
    in_all: Arc<Semaphore>,
    listed: Listed<Id>,
}

type Listed<Id> = Arc<Mutex<HashMap<Id, Held>>>;

struct Held {
    /// The fence of its claim.
    fence: i64,
    /// Its room; none while it rests.
    room: Option<OwnedSemaphorePermit>,
}

/// A place among what is in hand. Dropped, it makes room for another; only [`Place::leave`] takes it off the list.
pub(crate) struct Place<Id: Eq + Hash> {
    id: Id,
    fence: i64,
    listed: Listed<Id>,
    _of_all: Option<OwnedSemaphorePermit>,
}

/// What is in hand and only waits for somebody outside, for as long as this lives: it leaves its room to others.
pub(crate) struct Rest<Id: Eq + Hash> {
    id: Id,
    room: Arc<Semaphore>,
    listed: Listed<Id>,
}

impl<Id: Copy + Eq + Hash> InHand<Id> {
    /// So many may be at work, and so many in hand with those that rest.
    pub(crate) fn new(at_work: u32, in_all: u32) -> Self {
        Self {
            room: Arc::new(Semaphore::new(at_work as usize)),
            in_all: Arc::new(Semaphore::new(in_all as usize)),
            listed: Arc::default(),
        }
    }

    /// How much more may be taken; waits until that is at least one.
    pub(crate) async fn room(&self) -> u32 {
        loop {
            // The semaphores are never closed, so a permit is always had.
            let of_all = self.in_all.acquire().await;
            let at_work = self.room.acquire().await;
            drop((of_all, at_work));
            // What rests may have come back to work meanwhile.
            match self.free() {
                0 => {}
                free => return free,
            }
        }
    }

    /// How much more may be taken now.
    pub(crate) fn free(&self) -> u32 {
        let free = self
            .room
            .available_permits()
            .min(self.in_all.available_permits());
        u32::try_from(free).unwrap_or(u32::MAX)
    }

    /// Takes a place for what was just claimed.
    pub(crate) fn take(&self, id: Id, fence: i64) -> Place<Id> {
        let room = self.room.clone().try_acquire_owned().ok();
        lock(&self.listed).insert(id, Held { fence, room });
        Place {
            id,
            fence,
            listed: Arc::clone(&self.listed),
            _of_all: self.in_all.clone().try_acquire_owned().ok(),
        }
    }

    /// What is in hand under `id` waits for somebody outside, and leaves its room to others meanwhile. Back at work, it
    /// takes room only if there is some: it is never held up.
    pub(crate) fn rest(&self, id: Id) -> Rest<Id> {
        if let Some(held) = lock(&self.listed).get_mut(&id) {
            held.room = None;
        }
        Rest {
            id,
            room: Arc::clone(&self.room),
            listed: Arc::clone(&self.listed),
        }
    }

    /// All that is in hand, each with the fence of its claim.
    pub(crate) fn list(&self) -> Vec<(Id, i64)> {
        let listed = lock(&self.listed);
        listed.iter().map(|(id, held)| (*id, held.fence)).collect()
    }
}

impl<Id: Eq + Hash> Place<Id> {
    /// It is no longer in hand: what the database says of it is true.
    pub(crate) fn leave(self) {
        let mut listed = lock(&self.listed);
        // A later claim of the same may have come into hand meanwhile.
        if listed.get(&self.id).map(|held| held.fence) == Some(self.fence) {
            listed.remove(&self.id);
        }
    }
}

impl<Id: Eq + Hash> Drop for Place<Id> {
    fn drop(&mut self) {
        if let Some(held) = lock(&self.listed).get_mut(&self.id)
            && held.fence == self.fence
        {
            held.room = None;
        }
    }
}

impl<Id: Eq + Hash> Drop for Rest<Id> {
    fn drop(&mut self) {
        if let Some(held) = lock(&self.listed).get_mut(&self.id) {
            held.room = self.room.clone().try_acquire_owned().ok();
        }
    }
}

fn lock<Id>(listed: &Mutex<HashMap<Id, Held>>) -> MutexGuard<'_, HashMap<Id, Held>> {
    listed.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn room_is_what_is_left_and_comes_back() {
        let in_hand = InHand::new(2, 2);
        assert_eq!(in_hand.room().await, 2);
        let first = in_hand.take(1, 1);
        let second = in_hand.take(2, 1);
        assert!(in_hand.room().now_or_never().is_none());
        first.leave();
        assert_eq!(in_hand.room().await, 1);
        drop(second);
    }

    #[test]
    fn what_is_dropped_without_a_word_stays_on_the_list() {
        let in_hand = InHand::new(2, 2);
        drop(in_hand.take(1, 4));
        assert_eq!(in_hand.list(), [(1, 4)]);
    }

    #[test]
    fn a_late_leave_does_not_take_a_newer_claim_off_the_list() {
        let in_hand = InHand::new(2, 2);
        let old = in_hand.take(1, 4);
        let new = in_hand.take(1, 5);
        old.leave();
        assert_eq!(in_hand.list(), [(1, 5)]);
        new.leave();
        assert!(in_hand.list().is_empty());
    }

    #[tokio::test]
    async fn what_rests_makes_room_for_others_up_to_a_bound() {
        let in_hand = InHand::new(1, 2);
        let first = in_hand.take(1, 1);
        assert!(in_hand.room().now_or_never().is_none());
        let rest = in_hand.rest(1);
        assert_eq!(in_hand.room().await, 1);
        let second = in_hand.take(2, 1);
        let other_rest = in_hand.rest(2);
        assert!(
            in_hand.room().now_or_never().is_none(),
            "two are all that may be in hand"
        );
        drop(rest);
        second.leave();
        assert!(
            in_hand.room().now_or_never().is_none(),
            "the first is at work again"
        );
        drop(other_rest);
        first.leave();
        assert_eq!(in_hand.room().await, 1);
    }
}
