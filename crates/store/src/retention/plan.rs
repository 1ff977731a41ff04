//! Which events are next, and which of them are due. Reads only, on the readers' connections: nobody waits for it.

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use cuebook_core::Timestamp;
use cuebook_core::clock::{from_micros, to_micros};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::awaited::awaited_since;
use super::stage::Stage;
use super::unsent::unsent;
use crate::entities::{claims, events, retention_later, runs};
use crate::error::StoreError;
use crate::installation::fact;

/// So many events at a time.
const TOGETHER: u64 = 100;
/// What is held up is looked at again after this.
const HELD_UP: TimeDelta = TimeDelta::days(1);
/// The states of a run that is not over.
const OPEN: [&str; 3] = ["ready", "running", "waiting"];

/// What is to be done next.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The events that are due.
    pub(super) due: Vec<Uuid>,
    /// The others, with the moment at which they are looked at again.
    pub(super) later: Vec<(Uuid, i64)>,
    /// Up to which event it has come.
    pub(super) place: Option<Uuid>,
}

impl Plan {
    /// Whether there is anything to do.
    pub(super) fn is_empty(&self) -> bool {
        self.due.is_empty() && self.later.is_empty()
    }
}

/// An event, as far as it matters here.
struct Candidate {
    id: Uuid,
    received_at: i64,
    subject: Option<String>,
    disposition: String,
}

/// Plans the next events of a stage, which keeps things for `keep`.
pub(super) async fn plan(
    db: &DatabaseConnection,
    stage: Stage,
    keep: TimeDelta,
    now: Timestamp,
) -> Result<Plan, StoreError> {
    let mut ids = waiting(db, stage, now).await?;
    let room = TOGETHER.saturating_sub(ids.len() as u64);
    let fresh = never_seen(db, stage, now - keep, room).await?;
    let place = fresh.last().copied();
    ids.extend(fresh);
    if ids.is_empty() {
        return Ok(Plan::default());
    }
    let candidates = candidates(db, &ids).await?;
    let found: HashSet<Uuid> = candidates.iter().map(|one| one.id).collect();
    let ends = Ends::load(db, &ids, &candidates).await?;
    let held = match stage {
        Stage::Payloads => HashSet::new(),
        Stage::Metadata => with_claims(db, &ids, now).await?,
    };
    let mut plan = Plan {
        place,
        // What others have given up meanwhile is done with.
        due: ids
            .iter()
            .copied()
            .filter(|id| !found.contains(id))
            .collect(),
        later: Vec::new(),
    };
    for one in candidates {
        let ended = ends.of(&one).filter(|_| !held.contains(&one.id));
        match ended.map(|ended| ended + keep) {
            Some(due) if due <= now => plan.due.push(one.id),
            Some(due) => plan.later.push((one.id, to_micros(due))),
            None => plan.later.push((one.id, to_micros(now + HELD_UP))),
        }
    }
    Ok(plan)
}

async fn waiting(
    db: &DatabaseConnection,
    stage: Stage,
    now: Timestamp,
) -> Result<Vec<Uuid>, StoreError> {
    use retention_later::Column;
    Ok(retention_later::Entity::find()
        .select_only()
        .column(Column::EventId)
        .filter(Column::Stage.eq(stage.as_str()))
        .filter(Column::LookAt.lte(to_micros(now)))
        .order_by_asc(Column::LookAt)
        .limit(TOGETHER)
        .into_tuple()
        .all(db)
        .await?)
}

/// Ids hold the moment of acceptance, so the index of ids finds the oldest.
async fn never_seen(
    db: &DatabaseConnection,
    stage: Stage,
    before: Timestamp,
    room: u64,
) -> Result<Vec<Uuid>, StoreError> {
    let place = fact(db, stage.place()).await?;
    let place = place.and_then(|text| text.parse::<Uuid>().ok());
    let millis = u128::try_from(before.timestamp_millis()).unwrap_or(0);
    Ok(events::Entity::find()
        .select_only()
        .column(events::Column::Id)
        .filter(events::Column::Id.gt(place.unwrap_or(Uuid::nil())))
        .filter(events::Column::Id.lt(Uuid::from_u128(millis << 80)))
        .order_by_asc(events::Column::Id)
        .limit(room)
        .into_tuple()
        .all(db)
        .await?)
}

async fn candidates(db: &DatabaseConnection, ids: &[Uuid]) -> Result<Vec<Candidate>, StoreError> {
    use events::Column;
    let rows: Vec<(Uuid, i64, Option<String>, String)> = events::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ReceivedAt,
            Column::Subject,
            Column::Disposition,
        ])
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let candidate = |(id, received_at, subject, disposition)| Candidate {
        id,
        received_at,
        subject,
        disposition,
    };
    Ok(rows.into_iter().map(candidate).collect())
}

/// When events came to their ends.
struct Ends {
    /// The end of the last run that has ended.
    last: HashMap<Uuid, i64>,
    /// The events of which something is not over.
    open: HashSet<Uuid>,
    /// Since when the oldest open run about a subject is there.
    since: HashMap<String, i64>,
    /// Since when the oldest open run is there that may wait for an event about anybody.
    any_since: Option<i64>,
}

impl Ends {
    async fn load(
        db: &DatabaseConnection,
        ids: &[Uuid],
        candidates: &[Candidate],
    ) -> Result<Self, StoreError> {
        use runs::Column;
        let rows: Vec<(Uuid, Uuid, String, Option<i64>)> = runs::Entity::find()
            .select_only()
            .columns([Column::Id, Column::EventId, Column::State, Column::EndedAt])
            .filter(Column::EventId.is_in(ids.iter().copied()))
            .into_tuple()
            .all(db)
            .await?;
        let mut ends = Self {
            last: HashMap::new(),
            open: HashSet::new(),
            since: HashMap::new(),
            any_since: awaited_since(db).await?,
        };
        for (_, event, state, ended_at) in &rows {
            if OPEN.contains(&state.as_str()) {
                ends.open.insert(*event);
            }
            let last = ends.last.entry(*event).or_default();
            *last = std::cmp::max(*last, ended_at.unwrap_or(0));
        }
        let of_them: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
        ends.open.extend(unsent(db, ids, &of_them).await?);
        let subjects = candidates.iter().filter_map(|one| one.subject.clone());
        let about: Vec<(Option<String>, i64)> = runs::Entity::find()
            .select_only()
            .column(Column::Subject)
            .column_as(Expr::col(Column::CreatedAt).min(), "since")
            // By the partial indexes of what is open, which are short.
            .filter(
                Condition::any()
                    .add(Expr::col(Column::State).eq(crate::statements::word("waiting")))
                    .add(Expr::col(Column::State).eq(crate::statements::word("ready")))
                    .add(Expr::col(Column::State).eq(crate::statements::word("running"))),
            )
            .filter(Column::Subject.is_in(subjects))
            .group_by(Column::Subject)
            .into_tuple()
            .all(db)
            .await?;
        let about = about.into_iter();
        ends.since = about
            .filter_map(|(subject, since)| Some((subject?, since)))
            .collect();
        Ok(ends)
    }

    /// When all that belongs to the event was over; `None` where something is not.
    fn of(&self, one: &Candidate) -> Option<Timestamp> {
        let undecided = matches!(one.disposition.as_str(), "confirming" | "held");
        // A run that was there before the event may come to wait for it, and is given it then.
        let awaited = one.subject.as_ref().is_some_and(|subject| {
            let since = self.since.get(subject).copied();
            let mut both = since.into_iter().chain(self.any_since);
            both.any(|since| since <= one.received_at)
        });
        if undecided || awaited || self.open.contains(&one.id) {
            return None;
        }
        let last = self.last.get(&one.id).copied().unwrap_or(0);
        Some(from_micros(std::cmp::max(last, one.received_at)))
    }
}

/// The events whose runs hold a key (`once`) that is not free yet: without them it would be free.
async fn with_claims(
    db: &DatabaseConnection,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<HashSet<Uuid>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> = runs::Entity::find()
        .select_only()
        .columns([runs::Column::Id, runs::Column::EventId])
        .filter(runs::Column::EventId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let holders: Vec<Uuid> = claims::Entity::find()
        .select_only()
        .column(claims::Column::RunId)
        .filter(claims::Column::RunId.is_in(rows.iter().map(|row| row.0)))
        .filter(
            Condition::any()
                .add(claims::Column::ExpiresAt.is_null())
                .add(claims::Column::ExpiresAt.gt(to_micros(now))),
        )
        .into_tuple()
        .all(db)
        .await?;
    let holders: HashSet<Uuid> = holders.into_iter().collect();
    let held = rows.into_iter().filter(|(run, _)| holders.contains(run));
    Ok(held.map(|(_, event)| event).collect())
}
