//! How many events have come of one: rules that emit for each other must not go on for ever.
//!
//! Every emitted event holds the first event of its family, its *root*. The end of a segment that emits counts what the
//! root has led to so far; where others may write too, the root's row is locked before, so that the count is exact.

use std::collections::{BTreeSet, HashMap};

use cuebook_core::limits::DESCENDANTS;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::events;
use crate::error::StoreError;
use crate::writer::Tx;

/// The families that a batch adds to.
#[derive(Default)]
pub(super) struct Families {
    /// The root of each event that is a parent.
    roots: HashMap<Uuid, Uuid>,
    /// How many descendants a root has, those of this batch included.
    counts: HashMap<Uuid, usize>,
}

impl Families {
    /// Looks up the families of the events whose runs emit.
    pub(super) async fn load(tx: &Tx<'_>, parents: BTreeSet<Uuid>) -> Result<Self, StoreError> {
        if parents.is_empty() {
            return Ok(Self::default());
        }
        let rows: Vec<(Uuid, Option<Uuid>)> = events::Entity::find()
            .select_only()
            .columns([events::Column::Id, events::Column::Root])
            .filter(events::Column::Id.is_in(parents))
            .into_tuple()
            .all(tx.db)
            .await?;
        let roots: HashMap<Uuid, Uuid> = rows
            .into_iter()
            .map(|(parent, root)| (parent, root.unwrap_or(parent)))
            .collect();
        let distinct: BTreeSet<Uuid> = roots.values().copied().collect();
        if tx.is_shared() {
            lock(tx, &distinct).await?;
        }
        let counts: Vec<(Uuid, i64)> = events::Entity::find()
            .select_only()
            .column(events::Column::Root)
            .column_as(events::Column::Id.count(), "descendants")
            .filter(events::Column::Root.is_in(distinct))
            .group_by(events::Column::Root)
            .into_tuple()
            .all(tx.db)
            .await?;
        let count = |(root, count)| (root, usize::try_from(count).unwrap_or(usize::MAX));
        Ok(Self {
            roots,
            counts: counts.into_iter().map(count).collect(),
        })
    }

    /// The root of what comes of `parent`.
    pub(super) fn root(&self, parent: Uuid) -> Uuid {
        self.roots.get(&parent).copied().unwrap_or(parent)
    }

    /// Whether so `many` more may come of `parent`.
    pub(super) fn check(&self, parent: Uuid, many: usize) -> Result<(), StoreError> {
        let root = self.root(parent);
        let there = self.counts.get(&root).copied().unwrap_or_default();
        if many > 0 && there.saturating_add(many) > DESCENDANTS {
            return Err(StoreError::TooManyEmitted { there, many });
        }
        Ok(())
    }

    /// Counts so `many` more.
    pub(super) fn add(&mut self, parent: Uuid, many: usize) {
        if many > 0 {
            *self.counts.entry(self.root(parent)).or_default() += many;
        }
    }
}

/// Locks the roots in the order of their ids. Rows that refer to them can still be inserted.
async fn lock(tx: &Tx<'_>, roots: &BTreeSet<Uuid>) -> Result<(), StoreError> {
    let _: Vec<Uuid> = events::Entity::find()
        .select_only()
        .column(events::Column::Id)
        .filter(events::Column::Id.is_in(roots.iter().copied()))
        .order_by_asc(events::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(())
}
