//! Somebody asks for a person's data to be erased or exported, or stops it. What was erased by then stays so.
//!
//! If the process dies before the commit, nothing was asked.

use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::progress::{self, save};
use super::request::{NewPrivacyRequest, PrivacyKind, PrivacyState};
use super::terms::NameHasher;
use crate::audit::{Change, Target};
use crate::entities::privacy_requests;
use crate::error::StoreError;
use crate::store::Store;
use crate::transitions::Operated;
use crate::writer::{Applied, Order, Transition, Tx};

/// A request that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrivacyAsked(pub Uuid);

struct Ask(privacy_requests::Model);

struct Stop {
    kind: PrivacyKind,
    id: Uuid,
}

impl Store {
    /// Asks for a person's data; a worker begins with it soon.
    pub async fn ask_privacy(
        &self,
        request: &NewPrivacyRequest,
    ) -> Result<PrivacyAsked, StoreError> {
        let id = self.inner.chance.uuid(self.inner.clock.now());
        let hasher = NameHasher::new(&self.inner.secret_key);
        let terms: Vec<_> = hasher
            .terms(&request.person)
            .into_iter()
            .map(|term| (term.kind, term.hash.to_hex()))
            .collect();
        if terms.is_empty() {
            return Err(StoreError::Invalid("nobody is named".to_owned()));
        }
        let now = cuebook_core::clock::to_micros(self.inner.clock.now());
        let row = fresh(
            id,
            request.kind,
            request.dry_run,
            progress::json(&terms)?,
            now,
        );
        self.change(Ask(privacy_requests::Model {
            requested_by: request.requested_by.clone(),
            ..row
        }))
        .await?;
        self.wakes().privacy.notify_one();
        Ok(PrivacyAsked(id))
    }

    /// Stops a request that is not over.
    pub async fn cancel_privacy(
        &self,
        kind: PrivacyKind,
        id: Uuid,
    ) -> Result<Operated<PrivacyState>, StoreError> {
        let stopped = self.change(Stop { kind, id }).await?;
        let is_stopped = matches!(
            stopped,
            Operated::Done | Operated::NotIn(PrivacyState::Cancelled)
        );
        // After the commit, since one that went through has to be carried out again. Whoever does not hear that it is noted
        // asks once more.
        if is_stopped && kind == PrivacyKind::Erasure {
            self.note_cancelled(id).await?;
        }
        Ok(stopped)
    }
}

/// The row of a request that nobody has begun with.
pub(super) fn fresh(
    id: Uuid,
    kind: PrivacyKind,
    dry_run: bool,
    terms: Vec<u8>,
    now: i64,
) -> privacy_requests::Model {
    privacy_requests::Model {
        id,
        kind: kind.as_str().to_owned(),
        dry_run,
        state: PrivacyState::Pending.as_str().to_owned(),
        error: None,
        terms,
        followed: b"[]".to_vec(),
        pass: 1,
        stage: progress::Stage::Events.as_str().to_owned(),
        after: None,
        searched: 0,
        loose: b"{}".to_vec(),
        counts: None,
        cleaned: None,
        requested_by: None,
        cutoff: now,
        created_at: now,
        started_at: None,
        ended_at: None,
        holder: None,
        seen_at: None,
    }
}

impl Transition for Ask {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for Self(row) in batch {
            privacy_requests::Entity::insert(row.clone().into_active_model())
                .exec_without_returning(tx.db)
                .await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Transition for Stop {
    type Output = Operated<PrivacyState>;
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<Operated<PrivacyState>> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(Ok(stop(tx, request).await?));
        }
        Ok(results)
    }
}

async fn stop(tx: &Tx<'_>, request: &Stop) -> Result<Operated<PrivacyState>, StoreError> {
    let found = privacy_requests::Entity::find_by_id(request.id)
        .one(tx.db)
        .await?;
    let Some(mut row) = found.filter(|row| row.kind == request.kind.as_str()) else {
        return Ok(Operated::NoSuch);
    };
    let state = crate::reading::word("request's state", &row.state, PrivacyState::from_word)?;
    if !matches!(state, PrivacyState::Pending | PrivacyState::Running) {
        return Ok(Operated::NotIn(state));
    }
    PrivacyState::Cancelled.as_str().clone_into(&mut row.state);
    row.ended_at = Some(tx.now_micros());
    row.holder = None;
    save(tx, row).await?;
    Ok(Operated::Done)
}

impl Change for Ask {
    fn target(&self) -> Target {
        target(&self.0.kind, self.0.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture(tx, self.0.id).await
    }
}

impl Change for Stop {
    fn target(&self) -> Target {
        target(self.kind.as_str(), self.id)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        picture(tx, self.id).await
    }
}

fn target(kind: &str, id: Uuid) -> Target {
    let is_erasure = kind == PrivacyKind::Erasure.as_str();
    Target::new(if is_erasure { "erasure" } else { "export" }, &id)
}

/// Whom it is about stands there as keyed hashes only.
async fn picture(tx: &Tx<'_>, id: Uuid) -> Result<Option<Json>, StoreError> {
    let row = privacy_requests::Entity::find_by_id(id).one(tx.db).await?;
    Ok(row.map(|row| {
        let terms: Json = serde_json::from_slice(&row.terms).unwrap_or_default();
        json!({"state": row.state, "dry_run": row.dry_run, "terms": terms})
    }))
}
