//! Events were accepted: the waits that they end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cuebook_core::event::Event;
use cuebook_core::run::RunState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::give::{Gift, give};
use crate::entities::{runs, waits};
use crate::error::StoreError;
use crate::reading::wait_of;
use crate::transitions::accept_event::AcceptEvent;
use crate::writer::Tx;

/// So many subjects, or runs, are asked for in one statement.
const AT_ONCE: usize = 1_000;

/// The events of a batch by account and subject, in order of arrival.
type BySubject<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<Uuid, &'a Event>>;

/// Gives the events to the runs that wait for them. Where nobody waits, this is one statement for all of them.
pub(in crate::transitions) async fn end_waits(
    tx: &Tx<'_>,
    accepted: &[&AcceptEvent],
) -> Result<(), StoreError> {
    let events = by_subject(accepted);
    if events.is_empty() || nobody_waits(tx).await? {
        return Ok(());
    }
    let waiting = waiting_runs(tx, &candidates(tx, &events).await?).await?;
    let mut gifts = Vec::new();
    for row in waits_of(tx, waiting.keys().copied().collect()).await? {
        let Some((generation, own)) = waiting.get(&row.run_id) else {
            continue;
        };
        // The wait of a generation that was given up, or of another subject by now.
        let key = (row.account.as_str(), row.subject.as_str());
        let (true, Some(came)) = (row.generation == *generation, events.get(&key)) else {
            continue;
        };
        let wait = wait_of(&row)?;
        let first = came
            .range(own..)
            .map(|(_, event)| *event)
            .find(|event| event.id.0 != *own && wait.is_ended_by(event));
        if let Some(event) = first {
            gifts.push(Gift::new((row.run_id, row.generation, row.path), event)?);
        }
    }
    give(tx, gifts).await
}

/// Whether no run waits for anything.
async fn nobody_waits(tx: &Tx<'_>) -> Result<bool, StoreError> {
    if tx.is_shared() || tx.known.nobody_waits() {
        return Ok(!tx.is_shared());
    }
    let one: Option<Uuid> = waits::Entity::find()
        .select_only()
        .column(waits::Column::RunId)
        .limit(1)
        .into_tuple()
        .one(tx.db)
        .await?;
    tx.known.learn_waits(one.is_some());
    Ok(one.is_none())
}

fn by_subject<'a>(accepted: &[&'a AcceptEvent]) -> BySubject<'a> {
    let mut events = BySubject::new();
    for accept in accepted {
        let event = &accept.event;
        if let (None, Some(_), Some(subject)) =
            (&accept.rejected, &event.event_type, &event.subject)
        {
            events
                .entry((event.account.0.as_str(), subject.as_str()))
                .or_default()
                .insert(event.id.0, event);
        }
    }
    events
}

/// The runs that wait for something about one of the subjects.
async fn candidates(tx: &Tx<'_>, events: &BySubject<'_>) -> Result<Vec<Uuid>, StoreError> {
    let mut accounts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (account, subject) in events.keys() {
        accounts.entry(account).or_default().push(subject);
    }
    let mut runs = BTreeSet::new();
    for (account, subjects) in accounts {
        for subjects in subjects.chunks(AT_ONCE) {
            let found: Vec<Uuid> = about(account, subjects).into_tuple().all(tx.db).await?;
            runs.extend(found);
        }
    }
    Ok(runs.into_iter().collect())
}

/// The runs that wait for something about one of `subjects`.
pub(in crate::transitions) fn about(account: &str, subjects: &[&str]) -> Select<waits::Entity> {
    waits::Entity::find()
        .select_only()
        .column(waits::Column::RunId)
        .filter(waits::Column::Account.eq(account))
        .filter(waits::Column::Subject.is_in(subjects.iter().copied()))
}

/// Those of `candidates` that still wait, with their generation and the id of their own event. Locked where others may
/// write too: nothing about their waits changes from here on.
async fn waiting_runs(
    tx: &Tx<'_>,
    candidates: &[Uuid],
) -> Result<HashMap<Uuid, (i32, Uuid)>, StoreError> {
    let mut waiting = HashMap::new();
    for ids in candidates.chunks(AT_ONCE) {
        let mut select = runs::Entity::find()
            .filter(runs::Column::Id.is_in(ids.iter().copied()))
            .filter(runs::Column::State.eq(RunState::Waiting.as_str()))
            .order_by_asc(runs::Column::Id);
        if tx.is_shared() {
            select = select.lock_exclusive();
        }
        let rows = select.all(tx.db).await?;
        waiting.extend(
            rows.into_iter()
                .map(|run| (run.id, (run.generation, run.event_id))),
        );
    }
    Ok(waiting)
}

async fn waits_of(tx: &Tx<'_>, mut runs: Vec<Uuid>) -> Result<Vec<waits::Model>, StoreError> {
    runs.sort_unstable();
    let mut found = Vec::new();
    for runs in runs.chunks(AT_ONCE) {
        found.extend(
            waits::Entity::find()
                .filter(waits::Column::RunId.is_in(runs.iter().copied()))
                .all(tx.db)
                .await?,
        );
    }
    Ok(found)
}
