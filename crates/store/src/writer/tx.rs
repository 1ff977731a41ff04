//! What a transition is given: the open transaction, the moment, and a place to note what has become ready.

use std::sync::atomic::{AtomicBool, Ordering};

use cuebook_core::Chance;
use cuebook_core::clock::{Timestamp, to_micros};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};
use uuid::Uuid;

use crate::wakes::Wakes;

/// An open transaction and what belongs to it.
pub(crate) struct Tx<'a> {
    /// The transaction.
    pub(crate) db: &'a DatabaseTransaction,
    /// The moment of this group.
    pub(crate) now: Timestamp,
    /// Ids.
    pub(crate) chance: &'a dyn Chance,
    /// This process among those that work on the database.
    pub(crate) node: Uuid,
    /// What has become ready.
    pub(crate) ready: Ready,
}

impl Tx<'_> {
    /// The moment in whole microseconds.
    pub(crate) fn now_micros(&self) -> i64 {
        to_micros(self.now)
    }

    /// A fresh id.
    pub(crate) fn id(&self) -> Uuid {
        self.chance.uuid(self.now)
    }

    /// Whether rows must be locked, since others may write at the same time.
    pub(crate) fn is_shared(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }
}

/// What a group has made ready; told to others after the commit.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    runs: AtomicBool,
    sends: AtomicBool,
    timers: AtomicBool,
}

impl Ready {
    /// A run may be claimed.
    pub(crate) fn runs(&self) {
        self.runs.store(true, Ordering::Relaxed);
    }

    /// A send may be claimed.
    pub(crate) fn sends(&self) {
        self.sends.store(true, Ordering::Relaxed);
    }

    /// The next due instant may have changed.
    pub(crate) fn timers(&self) {
        self.timers.store(true, Ordering::Relaxed);
    }

    /// Wakes whoever waits for it.
    pub(crate) fn tell(&self, wakes: &Wakes) {
        for (ready, wake) in [
            (&self.runs, &wakes.runs),
            (&self.sends, &wakes.sends),
            (&self.timers, &wakes.timers),
        ] {
            if ready.load(Ordering::Relaxed) {
                wake.notify_one();
            }
        }
    }
}
