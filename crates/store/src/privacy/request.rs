//! Requests about one person's data, as operators see them.

use std::collections::BTreeMap;

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::progress::read;
use super::terms::{Person, TermKind};
use crate::entities::{privacy_finds, privacy_requests};
use crate::error::StoreError;
use crate::queries::{Listed, Page};
use crate::reading::word;
use crate::store::Store;

/// Declares an enum of stable words.
macro_rules! stable {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its stable word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

stable! {
    /// What is to be done with a person's data.
    PrivacyKind {
        /// It is erased.
        Erasure = "erasure",
        /// It is gathered, to be handed over.
        Export = "export",
    }
}

stable! {
    /// How far a request is.
    PrivacyState {
        /// Nobody has begun yet.
        Pending = "pending",
        /// A worker is at it.
        Running = "running",
        /// It is done.
        Completed = "completed",
        /// Somebody has stopped it.
        Cancelled = "cancelled",
        /// It cannot be carried out; nothing goes on by itself.
        Failed = "failed",
    }
}

/// The id of a request.
pub type PrivacyRequestId = Uuid;

/// What is to be done with whose data.
#[derive(Debug, Clone)]
pub struct NewPrivacyRequest {
    /// What is to be done.
    pub kind: PrivacyKind,
    /// Whether it is only looked what would be erased.
    pub dry_run: bool,
    /// Whose data.
    pub person: Person,
    /// The key of the API that asks.
    pub requested_by: Option<String>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivacyRequest {
    /// Its id.
    pub id: Uuid,
    /// What is done.
    pub kind: PrivacyKind,
    /// Whether it is only looked what would be erased.
    pub dry_run: bool,
    /// How far it is.
    pub state: PrivacyState,
    /// Why it cannot be carried out.
    pub error: Option<String>,
    /// What it searches for: the kind of name and its keyed hash.
    pub terms: Vec<(TermKind, String)>,
    /// How many bookings were followed from the person.
    pub bookings_followed: usize,
    /// What is done just now: `search`, `erase`, `verify`, `clean`.
    pub phase: Option<&'static str>,
    /// How many rows have been looked at.
    pub searched: u64,
    /// How many of what were found. At the end of everything; before of events, runs and what has no id.
    pub found: BTreeMap<String, u64>,
    /// What was done with the space that was freed, at the end of an erasure.
    pub cleaned: Option<String>,
    /// The key that asked.
    pub requested_by: Option<String>,
    /// When it was asked. Nothing that came later is touched.
    pub created_at: Timestamp,
    /// When somebody began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct PrivacyFilter {
    /// Of this kind.
    pub kind: Option<PrivacyKind>,
    /// In this state.
    pub state: Option<PrivacyState>,
}

/// The events and runs that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Ids of events, oldest first.
    pub events: Vec<Uuid>,
    /// Ids of runs, oldest first.
    pub runs: Vec<Uuid>,
}

impl Store {
    /// Requests, newest first.
    pub async fn list_privacy_requests(
        &self,
        filter: &PrivacyFilter,
        page: &Page,
    ) -> Result<Listed<PrivacyRequest>, StoreError> {
        use privacy_requests::{Column, Entity};
        let mut select = Entity::find();
        if let Some(kind) = filter.kind {
            select = select.filter(Column::Kind.eq(kind.as_str()));
        }
        if let Some(state) = filter.state {
            select = select.filter(Column::State.eq(state.as_str()));
        }
        let mut rows = page.of(select, Column::Id).all(self.readers()).await?;
        let next = page.cut(&mut rows, |row| row.id);
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            items.push(self.privacy_request_of(row).await?);
        }
        Ok(Listed { items, next })
    }

    /// A request.
    pub async fn privacy_request(
        &self,
        kind: PrivacyKind,
        id: Uuid,
    ) -> Result<Option<PrivacyRequest>, StoreError> {
        let row = privacy_requests::Entity::find_by_id(id)
            .filter(privacy_requests::Column::Kind.eq(kind.as_str()))
            .one(self.readers())
            .await?;
        match row {
            Some(row) => Ok(Some(self.privacy_request_of(row).await?)),
            None => Ok(None),
        }
    }

    /// The first `limit` events and runs that a request has found.
    pub async fn privacy_found(&self, id: Uuid, limit: u64) -> Result<Found, StoreError> {
        Ok(Found {
            events: self.found_of(id, "event", limit).await?,
            runs: self.found_of(id, "run", limit).await?,
        })
    }

    async fn found_of(&self, id: Uuid, kind: &str, limit: u64) -> Result<Vec<Uuid>, StoreError> {
        use privacy_finds::{Column, Entity};
        Ok(Entity::find()
            .select_only()
            .column(Column::Item)
            .filter(Column::RequestId.eq(id))
            .filter(Column::Kind.eq(kind))
            .order_by_asc(Column::Item)
            .limit(limit)
            .into_tuple()
            .all(self.readers())
            .await?)
    }

    async fn privacy_request_of(
        &self,
        row: privacy_requests::Model,
    ) -> Result<PrivacyRequest, StoreError> {
        let mut found: BTreeMap<String, u64> = read("counts", &row.loose)?;
        if let Some(counts) = &row.counts {
            found = read("counts", counts)?;
        } else {
            for (kind, name) in [("event", "events"), ("run", "runs")] {
                let count = privacy_finds::Entity::find()
                    .filter(privacy_finds::Column::RequestId.eq(row.id))
                    .filter(privacy_finds::Column::Kind.eq(kind))
                    .count(self.readers())
                    .await?;
                found.insert(name.to_owned(), count);
            }
        }
        let state = word("request's state", &row.state, PrivacyState::from_word)?;
        let followed: Vec<String> = read("hashes", &row.followed)?;
        Ok(PrivacyRequest {
            id: row.id,
            kind: word("request's kind", &row.kind, PrivacyKind::from_word)?,
            dry_run: row.dry_run,
            state,
            error: row.error,
            terms: read("terms", &row.terms)?,
            bookings_followed: followed.len(),
            phase: (state == PrivacyState::Running).then(|| phase(&row.stage, row.pass)),
            searched: u64::try_from(row.searched).unwrap_or_default(),
            found,
            cleaned: row.cleaned,
            requested_by: row.requested_by,
            created_at: from_micros(row.created_at),
            started_at: row.started_at.map(from_micros),
            ended_at: row.ended_at.map(from_micros),
        })
    }
}

fn phase(stage: &str, pass: i32) -> &'static str {
    match stage {
        "erase" => "erase",
        "clean" => "clean",
        _ if pass >= super::progress::VERIFY => "verify",
        _ => "search",
    }
}
