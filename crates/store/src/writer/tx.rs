//! What a transition is given: the open transaction, the moment, and a place to note what has become ready.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cuebook_core::Chance;
use cuebook_core::clock::{Timestamp, to_micros};
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::known::Known;
use super::work::Work;
use crate::announce::News;
use crate::endpoints::Endpoints;
use crate::fresh_events::FreshEvents;
use crate::hands::{Handed, Hands};
use crate::transitions::{ClaimedRun, ClaimedSend};

/// An open transaction and what belongs to it.
pub(crate) struct Tx<'a> {
    /// The transaction.
    pub(crate) db: &'a Work<'a>,
    /// The moment of this group.
    pub(crate) now: Timestamp,
    /// Ids.
    pub(crate) chance: &'a dyn Chance,
    /// This process among those that work on the database.
    pub(crate) node: Uuid,
    /// What has become ready.
    pub(crate) ready: Ready,
    /// What need not be asked.
    pub(crate) known: &'a Known,
    /// When the database was restored from a backup, if it was.
    pub(crate) restored_at: Option<Timestamp>,
    /// Where events are kept for the runs that they have just got.
    pub(crate) fresh: &'a FreshEvents,
    /// Where messages are forwarded to.
    pub(crate) endpoints: &'a Endpoints,
    /// The hands of this process's worker.
    pub(crate) hands: &'a Hands,
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
    news: AtomicU8,
    handed: Mutex<Handed>,
}

impl Ready {
    /// A run may be claimed.
    pub(crate) fn runs(&self) {
        self.note(News::RUNS);
    }

    /// A send may be claimed.
    pub(crate) fn sends(&self) {
        self.note(News::SENDS);
    }

    /// The next due instant may have changed.
    pub(crate) fn timers(&self) {
        self.note(News::TIMERS);
    }

    /// Hook tokens, the secrets of scripts or endpoints have changed.
    pub(crate) fn access(&self) {
        self.note(News::ACCESS);
    }

    /// Another set of rules is active.
    pub(crate) fn rules(&self) {
        self.note(News::RULES);
    }

    /// Ticketpark is to be asked.
    pub(crate) fn inquiries(&self) {
        self.note(News::INQUIRIES);
    }

    /// What has become ready.
    pub(crate) fn news(&self) -> News {
        News::from_bits(self.news.load(Ordering::Relaxed))
    }

    fn note(&self, news: News) {
        self.news.fetch_or(news.bits(), Ordering::Relaxed);
    }

    /// A run was written as claimed.
    pub(crate) fn hand_run(&self, run: ClaimedRun) {
        self.handed().runs.push(run);
    }

    /// A send was written as claimed.
    pub(crate) fn hand_send(&self, send: ClaimedSend) {
        self.handed().sends.push(send);
    }

    /// Hands over what was written as claimed: the transaction is committed.
    pub(super) fn give(&self, hands: &Hands) {
        std::mem::take(&mut *self.handed()).give(hands);
    }

    /// Nobody knows whether the transaction was committed.
    pub(super) fn doubt(&self, hands: &Hands) {
        self.handed().doubt(hands);
    }

    fn handed(&self) -> MutexGuard<'_, Handed> {
        self.handed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
