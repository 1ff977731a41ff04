//! Whom erasures are about, for whoever reads of somebody elsewhere: what was forgotten here must not be taken for news.
//!
//! Only keyed hashes stand there, which an erasure keeps for good; a name is known again where it is read once more.

use std::collections::BTreeSet;

use cuebook_core::clock::to_micros;
use cuebook_core::reconcile::{Found, Resource};
use cuebook_core::{Pid, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::progress::{Progress, Stage, VERIFY};
use super::request::{PrivacyKind, PrivacyState};
use super::terms::{NameHasher, Term, TermKind};
use crate::entities::privacy_requests::{Column, Entity, Model};
use crate::error::StoreError;
use crate::writer::Tx;

/// Those whom erasures are about that have begun.
pub(crate) struct Erased<'a> {
    hasher: &'a NameHasher,
    erasures: Vec<Erasure>,
}

struct Erasure {
    names: BTreeSet<Term>,
    /// What is from before this is forgotten.
    cutoff: i64,
}

impl<'a> Erased<'a> {
    /// Looks them up.
    pub(crate) async fn load(tx: &Tx<'_>, hasher: &'a NameHasher) -> Result<Self, StoreError> {
        let rows = Entity::find()
            .filter(Column::Kind.eq(PrivacyKind::Erasure.as_str()))
            .filter(Column::DryRun.eq(false))
            .filter(Column::StartedAt.is_not_null())
            .all(tx.db)
            .await?;
        let mut erasures = Vec::new();
        for row in rows {
            let progress = Progress::of(&row)?;
            if has_begun(&row, &progress) {
                let names = progress.terms.iter().copied();
                erasures.push(Erasure {
                    names: names.chain(progress.booking_terms()).collect(),
                    cutoff: row.cutoff,
                });
            }
        }
        Ok(Self { hasher, erasures })
    }

    /// Whether a record is about one of them, as it stood at an instant from before the erasure.
    pub(crate) fn has(&self, found: &Found, at: Timestamp) -> bool {
        let at = to_micros(at);
        let mut later = self
            .erasures
            .iter()
            .filter(|one| at <= one.cutoff)
            .peekable();
        if later.peek().is_none() {
            return false;
        }
        let names: Vec<Term> = named(found)
            .map(|(kind, pid)| Term {
                kind,
                hash: self.hasher.pid(pid.as_str().as_bytes()),
            })
            .collect();
        later.any(|one| names.iter().any(|name| one.names.contains(name)))
    }
}

/// Whether it has forgotten something, or is about to. One that was given up before has forgotten nothing.
fn has_begun(row: &Model, progress: &Progress) -> bool {
    let goes_on = [PrivacyState::Running, PrivacyState::Completed];
    goes_on.iter().any(|state| row.state == state.as_str())
        || progress.pass >= VERIFY
        || progress.stage == Stage::Erase
}

/// The names that a record says.
fn named(found: &Found) -> impl Iterator<Item = (TermKind, &Pid)> {
    let own = match found.resource {
        Resource::Bookings => Some((TermKind::Booking, &found.pid)),
        Resource::Persons => Some((TermKind::Person, &found.pid)),
        Resource::Payments => None,
    };
    let booking = found.booking.as_ref().map(|pid| (TermKind::Booking, pid));
    own.into_iter().chain(booking)
}
