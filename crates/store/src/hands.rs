//! The short way of what a transaction makes ready to whoever works on it in this process: it is written as claimed, and
//! handed over after the commit. So most runs and most sends cost no claim of their own, and begin at once.
//!
//! Only where no other process works on the database; and only as long as a worker has opened its hands and has places, which
//! it does when a claim has found nothing more. What finds no hand is written as before, and waits for a claim.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;

use crate::transitions::{ClaimedRun, ClaimedSend};

/// The hands of this process's worker.
#[derive(Debug, Default)]
pub struct Hands {
    /// For runs.
    pub runs: Hand<ClaimedRun>,
    /// For mails.
    pub mails: Hand<ClaimedSend>,
    /// For all other sends.
    pub sends: Hand<ClaimedSend>,
    /// The kind of the mails.
    mail: OnceLock<&'static str>,
}

impl Hands {
    /// Tells sends of the kind `mail` from others. Until it is told, none is a mail.
    pub fn know_mails(&self, mail: &'static str) {
        // Whoever tells it a second time tells the same.
        let _ = self.mail.set(mail);
    }

    /// The hand for sends of a kind.
    pub(crate) fn for_send(&self, kind: &str) -> &Hand<ClaimedSend> {
        if self.mail.get().is_some_and(|mail| *mail == kind) {
            &self.mails
        } else {
            &self.sends
        }
    }
}

/// One hand.
#[derive(Debug)]
pub struct Hand<T> {
    inside: Mutex<Inside<T>>,
    came: Notify,
}

#[derive(Debug)]
struct Inside<T> {
    places: usize,
    given: Vec<T>,
    /// A commit failed after which something may be held that was never handed over.
    doubtful: bool,
}

impl<T> Default for Hand<T> {
    fn default() -> Self {
        Self {
            inside: Mutex::new(Inside {
                places: 0,
                given: Vec::new(),
                doubtful: false,
            }),
            came: Notify::new(),
        }
    }
}

impl<T> Hand<T> {
    /// Opens it: `places` more may be handed over from now on.
    pub fn open(&self, places: usize) {
        self.inside().places = places;
    }

    /// Closes it. What is being committed may still come.
    pub fn close(&self) {
        self.inside().places = 0;
    }

    /// Takes what has come, in the order in which it became ready.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.inside().given)
    }

    /// Waits until something has come. One may wait at a time; it may be woken without need.
    pub async fn came(&self) {
        self.came.notified().await;
    }

    /// Whether a commit with something for this hand has failed since this was asked last: nobody knows what became of it.
    pub fn takes_doubt(&self) -> bool {
        std::mem::take(&mut self.inside().doubtful)
    }

    /// Whether there is a place.
    pub(crate) fn is_open(&self) -> bool {
        self.inside().places > 0
    }

    /// Takes a place, if there is one. It comes back when the hand is opened again.
    pub(crate) fn reserve(&self) -> bool {
        let mut inside = self.inside();
        let Some(left) = inside.places.checked_sub(1) else {
            return false;
        };
        inside.places = left;
        true
    }

    /// Hands over what was committed.
    pub(crate) fn give(&self, items: Vec<T>) {
        if !items.is_empty() {
            self.inside().given.extend(items);
            self.came.notify_one();
        }
    }

    /// Nobody knows whether what was to be handed over was committed.
    pub(crate) fn doubt(&self) {
        self.inside().doubtful = true;
        self.came.notify_one();
    }

    fn inside(&self) -> MutexGuard<'_, Inside<T>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a transaction has for the hands, until it is committed.
#[derive(Debug, Default)]
pub(crate) struct Handed {
    pub(crate) runs: Vec<ClaimedRun>,
    pub(crate) sends: Vec<ClaimedSend>,
}

impl Handed {
    /// Hands it over: the transaction is committed.
    pub(crate) fn give(self, hands: &Hands) {
        hands.runs.give(self.runs);
        let (mails, sends) = (self.sends.into_iter())
            .partition(|send| std::ptr::eq(hands.for_send(&send.kind), &raw const hands.mails));
        hands.mails.give(mails);
        hands.sends.give(sends);
    }

    /// Nobody knows whether the transaction was committed.
    pub(crate) fn doubt(&self, hands: &Hands) {
        if !self.runs.is_empty() {
            hands.runs.doubt();
        }
        if !self.sends.is_empty() {
            hands.mails.doubt();
            hands.sends.doubt();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn a_hand_takes_as_many_as_it_has_places_and_a_closed_one_none() {
        let hand = Hand::<u8>::default();
        assert!(!hand.is_open() && !hand.reserve());
        hand.open(2);
        assert!(hand.reserve() && hand.reserve() && !hand.reserve());
        hand.open(1);
        hand.close();
        assert!(!hand.reserve());
    }

    #[test]
    fn what_was_given_before_the_hand_was_closed_is_still_there() {
        let hand = Hand::default();
        hand.open(2);
        hand.give(vec![1, 2]);
        hand.close();
        assert_eq!(hand.came().now_or_never(), Some(()));
        assert_eq!(hand.take(), [1, 2]);
        assert!(hand.take().is_empty());
    }

    #[test]
    fn doubt_is_told_once() {
        let hand = Hand::<u8>::default();
        assert!(!hand.takes_doubt());
        hand.doubt();
        assert!(hand.takes_doubt() && !hand.takes_doubt());
    }
}
