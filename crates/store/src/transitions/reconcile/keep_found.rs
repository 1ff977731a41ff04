//! A page of changed records was read: which of them become events.
//!
//! In one transaction: each change is claimed by its primary key, what an event has told of is noted with that event, what
//! nothing told of becomes an event with its runs or, beyond so many an hour, an event that a person decides about; and
//! each record's snapshot is kept. If the process dies before the commit none of this has happened, and the page is read
//! again; if after, its changes are claimed and are passed over. So are those of somebody who was erased since: of them
//! no claim is left.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use cuebook_core::Account;
use cuebook_core::EventId;
use cuebook_core::clock::{from_micros, to_micros};
use cuebook_core::event::{Event, Origin, Trust};
use cuebook_core::reconcile::{Context, Found, Resource, Told, message};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::heard::Heard;
use super::mark;
use super::seen::{claimed, made_lately, snapshots};
use super::take::taken;
use crate::entities::{events, reconcile_snapshots, reconciled_changes, reconciliations};
use crate::error::StoreError;
use crate::privacy::{Erased, NameHasher};
use crate::statements::{insert_all, insert_or};
use crate::store::Store;
use crate::transitions::accept_event::{AcceptEvent, RuleStart, event_row, insert_events};
use crate::transitions::steps::json;
use crate::writer::{Applied, Order, SubjectLocks, Transition, Tx};

/// So many events an hour are made without asking a person.
const AN_HOUR: u64 = 50;

/// A page of records that were changed.
#[derive(Debug, Clone)]
pub struct FoundPage {
    /// The reconciliation.
    pub id: Uuid,
    /// What proves that this process has it.
    pub fence: i64,
    /// Of which resource.
    pub resource: Resource,
    /// The records.
    pub found: Vec<Found>,
    /// The rules that are for each type of event.
    pub rules: Arc<BTreeMap<String, Vec<RuleStart>>>,
    /// Until when this process has the reconciliation from now on.
    pub lease: cuebook_core::Timestamp,
}

/// What came of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageKept {
    /// The records that were looked at.
    pub looked: u64,
    /// The changes of which an event had told.
    pub known: u64,
    /// The records in which nothing has changed that a message would tell of.
    pub unchanged: u64,
    /// The events that were made.
    pub made: u64,
    /// The events that were made and wait for a person.
    pub held: u64,
}

impl Store {
    /// Keeps a page of changed records, and makes the events that never came.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where this process has the reconciliation no more.
    pub async fn keep_found(&self, page: FoundPage) -> Result<PageKept, StoreError> {
        let hasher = NameHasher::new(&self.inner.secret_key);
        let keep = KeepFound { page, hasher };
        self.inner.writer.submit(keep).await
    }
}

/// A request to keep a page.
struct KeepFound {
    page: FoundPage,
    /// By which it is known who was erased.
    hasher: NameHasher,
}

impl Transition for KeepFound {
    type Output = PageKept;
    const ORDER: Order = Order::Accept;

    fn lock(&self, locks: &mut SubjectLocks) {
        for subject in self.page.found.iter().filter_map(Found::subject) {
            locks.event_about(subject);
        }
    }

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<PageKept> {
        let mut results = Vec::with_capacity(batch.len());
        for Self { page, hasher } in batch {
            results.push(match taken(tx, page.id, page.fence).await? {
                Some(row) => Ok(keep(tx, page, hasher, &row).await?),
                None => Err(StoreError::Fenced),
            });
        }
        Ok(results)
    }
}

/// What a page leaves behind.
#[derive(Default)]
struct Left {
    kept: PageKept,
    changes: Vec<reconciled_changes::Model>,
    snapshots: Vec<reconcile_snapshots::Model>,
    made: Vec<AcceptEvent>,
    held: Vec<events::Model>,
}

async fn keep(
    tx: &Tx<'_>,
    page: &FoundPage,
    hasher: &NameHasher,
    row: &reconciliations::Model,
) -> Result<PageKept, StoreError> {
    let baseline = mark::keep(tx, tx.now).await?.baseline;
    let claimed = claimed(tx, page).await?;
    // After what is claimed: whatever an erasure had removed of that by then, the erasure itself stands here.
    let erased = Erased::load(tx, hasher).await?;
    let changed_at = |found: &Found| found.updated.unwrap_or(from_micros(row.since));
    let mut left = Left::default();
    let mut fresh = Vec::new();
    let mut seen = HashSet::new();
    for found in &page.found {
        left.kept.looked += 1;
        if erased.has(found, changed_at(found)) {
            // Nothing is kept of it, and that it is not known here is no reason to tell of it anew.
            continue;
        }
        let change = (found.pid.to_string(), found.change());
        if !claimed.contains(&change) && seen.insert(change) {
            fresh.push(found.clone());
        }
    }
    fresh.sort_by_key(|found| found.updated);
    let last = snapshots(tx, page.resource, &fresh).await?;
    let mut heard = Heard::load(tx, page.resource, &fresh, row.since).await?;
    let mut room = AN_HOUR.saturating_sub(made_lately(tx).await?);
    for found in &fresh {
        let told = message(
            found,
            Context {
                last: last.get(found.pid.as_str()),
                // What an erasure has made forget was heard of all the same.
                heard_of: heard.of(found) || found.created.is_some_and(|at| erased.has(found, at)),
                baseline,
            },
        );
        let known = heard.take(found, told.as_ref(), row.since);
        left.snapshots.push(snapshot_row(tx, found)?);
        let (outcome, event) = match (known, told) {
            (Some(event), _) => {
                left.kept.known += 1;
                ("known", Some(event))
            }
            (None, None) => {
                left.kept.unchanged += 1;
                ("unchanged", None)
            }
            (None, Some(told)) => {
                let why = reason_to_hold(room, changed_at(found) < baseline);
                if why.is_none() {
                    room -= 1;
                }
                left.make(tx, page, &told, why)?
            }
        };
        left.changes.push(change_row(tx, found, outcome, event));
    }
    let kept = left.kept;
    left.write(tx).await?;
    count(tx, page, kept).await?;
    Ok(kept)
}

/// Why an event waits for a person, if it does.
fn reason_to_hold(room: u64, before_the_baseline: bool) -> Option<String> {
    if before_the_baseline {
        return Some("it is about a change from before reconciliation was configured".to_owned());
    }
    (room == 0).then(|| format!("{AN_HOUR} events were made within an hour already"))
}

impl Left {
    /// Makes the event of a change. Gives the outcome, and the event.
    fn make(
        &mut self,
        tx: &Tx<'_>,
        page: &FoundPage,
        told: &Told,
        held: Option<String>,
    ) -> Result<(&'static str, Option<Uuid>), StoreError> {
        let id = tx.id();
        let event = Event::made(EventId(id), Origin::Reconcile, told.body.clone(), tx.now)
            .map_err(|error| StoreError::Invalid(error.to_string()))?;
        let accept = AcceptEvent {
            event: Event {
                trust: Trust::Confirmed,
                ..event
            },
            rejected: None,
            rules: page.rules.get(told.name).cloned().unwrap_or_default(),
        };
        let Some(why) = held else {
            self.kept.made += 1;
            self.made.push(accept);
            return Ok(("made", Some(id)));
        };
        let mut row = event_row(&accept, None, 0)?;
        "held".clone_into(&mut row.disposition);
        row.reason = Some(why);
        self.kept.held += 1;
        self.held.push(row);
        Ok(("held", Some(id)))
    }

    async fn write(self, tx: &Tx<'_>) -> Result<(), StoreError> {
        insert_all(tx, self.changes).await?;
        insert_all(tx, self.held).await?;
        insert_events(tx, self.made.iter().map(|event| (event, None))).await?;
        let anew = OnConflict::columns([
            reconcile_snapshots::Column::Account,
            reconcile_snapshots::Column::Resource,
            reconcile_snapshots::Column::Pid,
        ])
        .update_columns([
            reconcile_snapshots::Column::Snapshot,
            reconcile_snapshots::Column::SeenAt,
        ])
        .to_owned();
        // Of two changes of one record, which come in order, the later one is how it stands.
        let mut latest = BTreeMap::new();
        for row in self.snapshots {
            latest.insert(row.pid.clone(), row);
        }
        insert_or(tx, latest.into_values().collect(), anew).await
    }
}

fn change_row(
    tx: &Tx<'_>,
    found: &Found,
    outcome: &str,
    event_id: Option<Uuid>,
) -> reconciled_changes::Model {
    reconciled_changes::Model {
        account: Account::default().0,
        resource: found.resource.as_str().to_owned(),
        pid: found.pid.to_string(),
        change: found.change(),
        outcome: outcome.to_owned(),
        event_id,
        at: tx.now_micros(),
    }
}

fn snapshot_row(tx: &Tx<'_>, found: &Found) -> Result<reconcile_snapshots::Model, StoreError> {
    Ok(reconcile_snapshots::Model {
        account: Account::default().0,
        resource: found.resource.as_str().to_owned(),
        pid: found.pid.to_string(),
        snapshot: json(&found.snapshot)?,
        seen_at: tx.now_micros(),
    })
}

/// Counts a page, and prolongs the lease.
async fn count(tx: &Tx<'_>, page: &FoundPage, kept: PageKept) -> Result<(), StoreError> {
    let add = |column, number: u64| {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        (column, Expr::col(column).add(number))
    };
    let mut update = reconciliations::Entity::update_many();
    for (column, value) in [
        add(reconciliations::Column::Looked, kept.looked),
        add(reconciliations::Column::Known, kept.known),
        add(reconciliations::Column::Unchanged, kept.unchanged),
        add(reconciliations::Column::Made, kept.made),
        add(reconciliations::Column::Held, kept.held),
    ] {
        update = update.col_expr(column, value);
    }
    update
        .col_expr(
            reconciliations::Column::Resource,
            Expr::value(Some(page.resource.as_str())),
        )
        .col_expr(
            reconciliations::Column::LeasedUntil,
            Expr::value(Some(to_micros(page.lease))),
        )
        .filter(reconciliations::Column::Id.eq(page.id))
        .exec(tx.db)
        .await?;
    Ok(())
}
