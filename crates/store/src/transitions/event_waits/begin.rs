//! Runs begin to wait: the events that are stored for them already, or a row for the one that is to come.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use cuebook_core::RunId;
use cuebook_core::clock::to_micros;
use cuebook_core::event::Event;
use cuebook_core::event_wait::EventWait;
use cuebook_core::journal::StepPath;
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, Iterable, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use uuid::Uuid;

use super::give::{Gift, give};
use crate::entities::{events, runs, steps, waits};
use crate::error::StoreError;
use crate::reading::event_of;
use crate::statements::{insert_or, word};
use crate::transitions::steps::{json, not_before};
use crate::writer::Tx;

/// So many events of a run are looked into at a time; mostly the first is the one.
const ROUND: usize = 16;

/// What a step waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedEvent {
    /// The step.
    pub step: StepPath,
    /// Which events would end it.
    pub wait: EventWait,
}

/// A run that begins to wait for an event; it is `waiting` by now.
pub(in crate::transitions) struct Beginning<'a> {
    pub(in crate::transitions) run: RunId,
    pub(in crate::transitions) awaited: &'a AwaitedEvent,
}

/// A run that looks for its event.
struct Seeker<'a> {
    run: runs::Model,
    awaited: &'a AwaitedEvent,
    /// The events that could be it, in order of arrival.
    left: VecDeque<Uuid>,
}

/// An event without its body.
#[derive(FromQueryResult)]
struct Header {
    id: Uuid,
    account: String,
    subject: Option<String>,
    event_type: Option<String>,
    received_at: i64,
}

/// Gives the runs the events that came before they began to wait; the others wait from now on.
pub(in crate::transitions) async fn begin_waits(
    tx: &Tx<'_>,
    beginnings: &[Beginning<'_>],
) -> Result<(), StoreError> {
    if beginnings.is_empty() {
        return Ok(());
    }
    let mut seekers = seekers(tx, beginnings).await?;
    let mut gifts = Vec::new();
    let mut waiting = Vec::new();
    while !seekers.is_empty() {
        let events = next_events(tx, &seekers).await?;
        let mut unlucky = Vec::new();
        for mut seeker in seekers {
            let looked_at = ROUND.min(seeker.left.len());
            let found = seeker
                .left
                .drain(..looked_at)
                .filter_map(|id| events.get(&id))
                .find(|event| seeker.awaited.wait.is_ended_by(event));
            if let Some(event) = found {
                let step = seeker.awaited.step.to_string();
                gifts.push(Gift::new(
                    (seeker.run.id, seeker.run.generation, step),
                    event,
                )?);
            } else if seeker.left.is_empty() {
                waiting.push(row(&seeker)?);
            } else {
                unlucky.push(seeker);
            }
        }
        seekers = unlucky;
    }
    // What an earlier wait of a run that was cancelled in it has left behind does not count.
    let anew = OnConflict::column(waits::Column::RunId)
        .update_columns(
            waits::Column::iter().filter(|column| !matches!(column, waits::Column::RunId)),
        )
        .to_owned();
    if !waiting.is_empty() {
        tx.known.learn_waits(true);
    }
    insert_or(tx, waiting, anew).await?;
    give(tx, gifts).await
}

async fn seekers<'a>(
    tx: &Tx<'_>,
    beginnings: &[Beginning<'a>],
) -> Result<Vec<Seeker<'a>>, StoreError> {
    let ids: Vec<Uuid> = beginnings.iter().map(|beginning| beginning.run.0).collect();
    let rows = runs::Entity::find()
        .filter(runs::Column::Id.is_in(ids.iter().copied()))
        .all(tx.db)
        .await?;
    let mut rows: HashMap<Uuid, runs::Model> = rows.into_iter().map(|run| (run.id, run)).collect();
    let given = given_before(tx, &ids).await?;
    let mut seekers: Vec<Seeker<'a>> = beginnings
        .iter()
        .filter_map(|beginning| {
            Some(Seeker {
                run: rows.remove(&beginning.run.0)?,
                awaited: beginning.awaited,
                left: VecDeque::new(),
            })
        })
        .collect();
    let headers = headers(tx, &seekers).await?;
    for seeker in &mut seekers {
        let run = &seeker.run;
        let wait = &seeker.awaited.wait;
        let about = headers
            .get(wait.subject.as_str())
            .map_or(&[][..], Vec::as_slice);
        seeker.left = about
            .iter()
            .filter(|header| header.account == run.account && header.id > run.event_id)
            .filter(|header| header.could_end(wait))
            .filter(|header| !given.contains(&(run.id, run.generation, header.id)))
            .map(|header| header.id)
            .collect();
    }
    Ok(seekers)
}

impl Header {
    fn could_end(&self, wait: &EventWait) -> bool {
        let found = self.event_type.as_deref();
        let is_of_type = wait
            .types
            .iter()
            .any(|wanted| Some(wanted.as_str()) == found);
        is_of_type && self.received_at < to_micros(wait.deadline)
    }
}

/// The events that earlier waits of these runs were given, with run and generation.
async fn given_before(
    tx: &Tx<'_>,
    runs: &[Uuid],
) -> Result<HashSet<(Uuid, i32, Uuid)>, StoreError> {
    let given: Vec<(Uuid, i32, Uuid)> = steps::Entity::find()
        .select_only()
        .columns([
            steps::Column::RunId,
            steps::Column::Generation,
            steps::Column::EventId,
        ])
        .filter(steps::Column::RunId.is_in(runs.iter().copied()))
        .filter(steps::Column::Kind.into_expr().eq(word("wait")))
        .filter(steps::Column::EventId.is_not_null())
        .into_tuple()
        .all(tx.db)
        .await?;
    Ok(given.into_iter().collect())
}

/// The events about the subjects that are looked for, each in order of arrival, none from before all of the runs.
async fn headers(
    tx: &Tx<'_>,
    seekers: &[Seeker<'_>],
) -> Result<BTreeMap<String, Vec<Header>>, StoreError> {
    let Some(earliest) = seekers.iter().map(|seeker| seeker.run.event_id).min() else {
        return Ok(BTreeMap::new());
    };
    let subjects: Vec<&str> = seekers
        .iter()
        .map(|seeker| seeker.awaited.wait.subject.as_str())
        .collect();
    let mut found: BTreeMap<String, Vec<Header>> = BTreeMap::new();
    let rows = came_after(earliest, &subjects)
        .into_model::<Header>()
        .all(tx.db)
        .await?;
    for mut header in rows {
        if let Some(subject) = header.subject.take() {
            found.entry(subject).or_default().push(header);
        }
    }
    Ok(found)
}

/// The events about `subjects` that came after `event`.
pub(in crate::transitions) fn came_after(event: Uuid, subjects: &[&str]) -> Select<events::Entity> {
    events::Entity::find()
        .select_only()
        .columns([
            events::Column::Id,
            events::Column::Account,
            events::Column::Subject,
            events::Column::EventType,
            events::Column::ReceivedAt,
        ])
        .filter(events::Column::Subject.is_in(subjects.iter().copied()))
        .filter(events::Column::Id.gt(event))
        // What is in quarantine ends no wait; what waits to be believed does so once it is.
        .filter(events::Column::Disposition.is_in(["queued", "no_rule"]))
        .order_by_asc(events::Column::Subject)
        .order_by_asc(events::Column::Id)
}

/// The events that are to be looked into next.
async fn next_events(
    tx: &Tx<'_>,
    seekers: &[Seeker<'_>],
) -> Result<HashMap<Uuid, Event>, StoreError> {
    let next: HashSet<Uuid> = seekers
        .iter()
        .flat_map(|seeker| seeker.left.iter().take(ROUND).copied())
        .collect();
    if next.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = events::Entity::find()
        .filter(events::Column::Id.is_in(next))
        .all(tx.db)
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.id, event_of(row)?)))
        .collect()
}

fn row(seeker: &Seeker<'_>) -> Result<waits::Model, StoreError> {
    let AwaitedEvent { step, wait } = seeker.awaited;
    Ok(waits::Model {
        run_id: seeker.run.id,
        generation: seeker.run.generation,
        path: step.to_string(),
        account: seeker.run.account.clone(),
        subject: wait.subject.to_string(),
        types: json(&wait.types)?,
        fields: json(&wait.fields)?,
        deadline: not_before(wait.deadline),
        capture: wait.capture,
    })
}
