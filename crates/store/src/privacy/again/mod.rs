//! What was erased stays erased: before the first row is overwritten, the keyed hashes of whom it is about are appended to
//! a file beside the database. A database that was restored from a copy made before does not know of it; it is searched and
//! overwritten again before anything runs.
//!
//! Only what the first erasure would have touched is: rows from before it was asked for. One that was stopped is noted as
//! such, and not carried out again.

mod line;
mod log;

use uuid::Uuid;

use self::line::{Line, Note};
pub(crate) use self::log::ErasureLog;
use super::ask::fresh;
use super::progress::{self, Progress};
use super::request::PrivacyKind;
use crate::entities::privacy_requests;
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};
use sea_orm::EntityTrait;

/// A request to know of an erasure that this database has forgotten.
struct Remember(privacy_requests::Model);

impl Store {
    /// Has erasures noted in the file at `path`, which is only ever appended to.
    pub fn keep_erasures_at(&self, path: std::path::PathBuf) {
        self.inner.erasures.keep_at(path);
    }

    /// Erases again what an older copy of this database has brought back. To be called before anything runs. Gives how many
    /// erasures it knew nothing of.
    pub async fn erase_again(&self) -> Result<usize, StoreError> {
        let mut again = 0;
        for line in self.inner.erasures.read()? {
            if line.key != self.inner.secret_key.id() {
                tracing::error!(
                    erasure = %line.request,
                    "an erasure was noted with another secret key and cannot be repeated"
                );
                continue;
            }
            let known = privacy_requests::Entity::find_by_id(line.request)
                .one(self.readers())
                .await?;
            let is_known = known.is_some_and(|row| {
                matches!(row.state.as_str(), "completed" | "cancelled" | "failed")
                    || row.stage == progress::Stage::Erase.as_str()
                    || row.stage == progress::Stage::Clean.as_str()
                    || row.pass >= progress::VERIFY
            });
            if is_known {
                continue;
            }
            tracing::warn!(erasure = %line.request, "the database is from before an erasure: it is carried out again");
            self.inner.writer.submit(Remember(line.row())).await?;
            if self.claim_this(line.request).await?.is_some() {
                while self.advance_privacy(line.request).await? {}
            }
            again += 1;
        }
        Ok(again)
    }

    /// Notes whom an erasure is about.
    pub(super) async fn note_erasure(&self, progress: &Progress) -> Result<(), StoreError> {
        let line = Line::of(progress, self.inner.secret_key.id());
        self.note(Note::Erasure(line)).await
    }

    /// Notes that an erasure was stopped.
    pub(super) async fn note_cancelled(&self, request: Uuid) -> Result<(), StoreError> {
        self.note(Note::Cancelled { cancelled: request }).await
    }

    async fn note(&self, note: Note) -> Result<(), StoreError> {
        let log = std::sync::Arc::clone(&self.inner.erasures);
        tokio::task::spawn_blocking(move || log.append(&note))
            .await
            .map_err(|error| StoreError::Invalid(format!("an erasure cannot be noted: {error}")))?
    }
}

impl Line {
    /// The request as the database would know it, from its beginning.
    fn row(&self) -> privacy_requests::Model {
        let terms = progress::json(&self.terms).unwrap_or_default();
        let mut row = fresh(
            self.request,
            PrivacyKind::Erasure,
            false,
            terms,
            self.cutoff,
        );
        row.followed = progress::json(&self.followed).unwrap_or_default();
        row.pass = progress::FOLLOW;
        row
    }
}

impl Transition for Remember {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let rows = batch.iter().map(|request| request.0.clone()).collect();
        insert_missing(tx, rows).await?;
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

/// The id of an erasure.
type Id = Uuid;
