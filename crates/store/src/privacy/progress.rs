//! How far a request is, and the transition that keeps it: what a batch found and the place after it, together.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::request::PrivacyState;
use super::terms::{NameHash, Term, TermKind};
use crate::entities::{privacy_finds, privacy_requests};
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::writer::{Applied, Order, Transition, Tx};

/// The pass in which the person's bookings are searched for, too.
pub(super) const FOLLOW: i32 = 2;
/// The pass in which it is looked whether anything is left.
pub(super) const VERIFY: i32 = 3;

/// What is done next, and after which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Events are looked at.
    Events,
    /// Runs, with all that belongs to them.
    Runs,
    /// What was delivered to endpoints.
    Deliveries,
    /// What belongs to no run: what rules remember, the audit log, kept answers.
    Loose,
    /// What was found is put together, and it is decided how to go on.
    Gather,
    /// What was found is overwritten.
    Erase,
    /// The database is made to forget.
    Clean,
}

impl Stage {
    /// Its word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Runs => "runs",
            Self::Deliveries => "deliveries",
            Self::Loose => "loose",
            Self::Gather => "gather",
            Self::Erase => "erase",
            Self::Clean => "clean",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Self::Events,
            Self::Runs,
            Self::Deliveries,
            Self::Loose,
            Self::Gather,
            Self::Erase,
            Self::Clean,
        ]
        .into_iter()
        .find(|stage| stage.as_str() == word)
    }
}

/// A request that is being carried out.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) id: Uuid,
    pub(super) erases: bool,
    pub(super) terms: Vec<Term>,
    pub(super) followed: BTreeSet<NameHash>,
    pub(super) pass: i32,
    pub(super) stage: Stage,
    pub(super) after: Option<Uuid>,
    pub(super) searched: i64,
    pub(super) loose: BTreeMap<String, u64>,
    pub(super) counts: Option<BTreeMap<String, u64>>,
    pub(super) cleaned: Option<String>,
    pub(super) cutoff: i64,
}

impl Progress {
    /// The progress of a row.
    pub(super) fn of(row: &privacy_requests::Model) -> Result<Self, StoreError> {
        let hash = |text: &str| {
            NameHash::from_hex(text).ok_or_else(|| StoreError::unreadable("hash", text))
        };
        let terms: Vec<(TermKind, String)> = read("terms", &row.terms)?;
        let followed: Vec<String> = read("hashes", &row.followed)?;
        Ok(Self {
            id: row.id,
            erases: row.kind == "erasure" && !row.dry_run,
            terms: terms
                .into_iter()
                .map(|(kind, text)| {
                    Ok(Term {
                        kind,
                        hash: hash(&text)?,
                    })
                })
                .collect::<Result<_, StoreError>>()?,
            followed: followed
                .iter()
                .map(|text| hash(text))
                .collect::<Result<_, _>>()?,
            pass: row.pass,
            stage: Stage::from_word(&row.stage)
                .ok_or_else(|| StoreError::unreadable("request's stage", row.stage.clone()))?,
            after: row.after,
            searched: row.searched,
            loose: read("counts", &row.loose)?,
            counts: None,
            cleaned: row.cleaned.clone(),
            cutoff: row.cutoff,
        })
    }

    /// Goes on with another stage, from its beginning.
    pub(super) fn go_to(&mut self, stage: Stage) {
        self.stage = stage;
        self.after = None;
    }

    /// All that is searched for in this pass.
    pub(super) fn wanted(&self) -> Vec<Term> {
        let bookings = self.booking_terms().filter(|_| self.pass >= FOLLOW);
        self.terms.iter().copied().chain(bookings).collect()
    }

    /// The person's bookings.
    pub(super) fn booking_terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.followed.iter().map(|hash| Term {
            kind: TermKind::Booking,
            hash: *hash,
        })
    }
}

/// A request to keep how far one is. Whoever is no longer at it changes nothing.
pub(super) struct Keep {
    pub(super) progress: Progress,
    pub(super) events: BTreeSet<Uuid>,
    pub(super) runs: BTreeSet<Uuid>,
    pub(super) deliveries: BTreeSet<Uuid>,
    /// Whether it is over.
    pub(super) end: Option<(PrivacyState, Option<String>)>,
}

impl Keep {
    /// Only how far it is.
    pub(super) fn of(progress: Progress) -> Self {
        Self {
            progress,
            events: BTreeSet::new(),
            runs: BTreeSet::new(),
            deliveries: BTreeSet::new(),
            end: None,
        }
    }
}

impl Transition for Keep {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        let mut results = Vec::with_capacity(batch.len());
        for request in batch {
            results.push(keep(tx, request).await?);
        }
        Ok(results)
    }
}

async fn keep(tx: &Tx<'_>, request: &Keep) -> Result<Result<(), StoreError>, StoreError> {
    let progress = &request.progress;
    let Some(mut row) = held(tx, progress.id).await? else {
        return Ok(Err(StoreError::Fenced));
    };
    let find = |kind: &str, item: &Uuid| privacy_finds::Model {
        request_id: progress.id,
        kind: kind.to_owned(),
        item: *item,
        done: false,
    };
    let events = request.events.iter().map(|item| find("event", item));
    let runs = request.runs.iter().map(|item| find("run", item));
    let deliveries = request.deliveries.iter();
    let deliveries = deliveries.map(|item| find("effect", item));
    let all = events.chain(runs).chain(deliveries);
    insert_missing(tx, all.collect()).await?;
    row.pass = progress.pass;
    progress.stage.as_str().clone_into(&mut row.stage);
    row.after = progress.after;
    row.searched = progress.searched;
    row.followed = json(
        &progress
            .followed
            .iter()
            .map(|hash| hash.to_hex())
            .collect::<Vec<_>>(),
    )?;
    row.loose = json(&progress.loose)?;
    row.counts = progress.counts.as_ref().map(json).transpose()?;
    row.cleaned.clone_from(&progress.cleaned);
    row.seen_at = Some(tx.now_micros());
    if let Some((state, error)) = &request.end {
        state.as_str().clone_into(&mut row.state);
        row.error.clone_from(error);
        row.ended_at = Some(tx.now_micros());
        row.holder = None;
    }
    save(tx, row).await?;
    Ok(Ok(()))
}

/// The row of a request that this process is at, locked.
pub(super) async fn held(
    tx: &Tx<'_>,
    id: Uuid,
) -> Result<Option<privacy_requests::Model>, StoreError> {
    let mut select = privacy_requests::Entity::find_by_id(id);
    if tx.is_shared() {
        select = select.lock_exclusive();
    }
    let row = select.one(tx.db).await?;
    Ok(
        row.filter(|row| {
            row.state == PrivacyState::Running.as_str() && row.holder == Some(tx.node)
        }),
    )
}

/// Writes a whole row back.
pub(super) async fn save(tx: &Tx<'_>, row: privacy_requests::Model) -> Result<(), StoreError> {
    use sea_orm::ActiveModelTrait;
    let id = row.id;
    let row = row.into_active_model().reset_all();
    let row = privacy_requests::ActiveModel {
        id: sea_orm::ActiveValue::Unchanged(id),
        ..row
    };
    privacy_requests::Entity::update(row).exec(tx.db).await?;
    Ok(())
}

/// What stands in a column as JSON.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::unreadable(what, error.to_string()))
}

/// A value as JSON.
pub(super) fn json(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Invalid(error.to_string()))
}
