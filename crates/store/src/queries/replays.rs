//! Replays: how far they are, and which events are next.

use std::collections::{BTreeMap, HashMap};

use cuebook_core::event::{Event, Origin};
use cuebook_core::replay::{Replay, ReplayFilter, ReplayOf, ReplayState};
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EventId, ReplayId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::events::{EventFilter, condition};
use super::page::{Listed, Page};
use super::search::SearchIn;
use crate::entities::{events, replayed_events, replays, runs};
use crate::error::StoreError;
use crate::reading::{event_of, replay_of};
use crate::store::Store;

/// Of how many events that a replay made last it is looked whether their runs have ended.
const LOOKED_AT: u64 = 512;

/// The events of a replay that are next.
#[derive(Debug, Clone)]
pub struct ReplayBatch {
    /// The events, oldest first.
    pub events: Vec<PastEvent>,
    /// How many of those that were named are not there any more, or are no messages.
    pub missing: u64,
    /// Where the replay is once these are done.
    pub to: Option<EventId>,
    /// Whether nothing is left after them.
    pub last: bool,
}

/// An event with the runs that there were of it.
#[derive(Debug, Clone)]
pub struct PastEvent {
    /// The event.
    pub event: Event,
    /// Its runs: of which rule, and on which version.
    pub runs: Vec<(RuleName, Option<VersionHash>)>,
}

impl Store {
    /// How many events `of` stands for, and the newest event that there is.
    pub async fn count_replay(&self, of: &ReplayOf) -> Result<(u64, Option<EventId>), StoreError> {
        let db = self.readers();
        let newest: Option<Uuid> = events::Entity::find()
            .select_only()
            .column(events::Column::Id)
            .order_by_desc(events::Column::Id)
            .into_tuple()
            .one(db)
            .await?;
        let newest = newest.map(EventId);
        let count = match of {
            ReplayOf::Events(ids) => {
                let mut count = 0;
                for ids in ids.chunks(1_000) {
                    let named = events::Column::Id.is_in(ids.iter().map(|id| id.0));
                    count += messages().filter(named).count(db).await?;
                }
                count
            }
            ReplayOf::Filter(filter) => {
                let wanted = self.wanted(filter, newest);
                messages().filter(wanted).count(db).await?
            }
        };
        Ok((count, newest))
    }

    /// Replays, newest first.
    pub async fn list_replays(&self, page: &Page) -> Result<Listed<Replay>, StoreError> {
        let select = page.of(replays::Entity::find(), replays::Column::Id);
        let mut rows = select.all(self.readers()).await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = rows.into_iter().map(replay_of).collect::<Result<_, _>>()?;
        Ok(Listed { items, next })
    }

    /// The replay with this id.
    pub async fn replay(&self, id: ReplayId) -> Result<Option<Replay>, StoreError> {
        let row = replays::Entity::find_by_id(id.0)
            .one(self.readers())
            .await?;
        row.map(replay_of).transpose()
    }

    /// The replays that are to be worked off, oldest first.
    pub async fn running_replays(&self) -> Result<Vec<Replay>, StoreError> {
        let rows = replays::Entity::find()
            .filter(replays::Column::State.eq(ReplayState::Running.as_str()))
            .order_by_asc(replays::Column::Id)
            .all(self.readers())
            .await?;
        rows.into_iter().map(replay_of).collect()
    }

    /// The next events of a replay, at most `most`.
    pub async fn replay_batch(
        &self,
        replay: &Replay,
        most: usize,
    ) -> Result<ReplayBatch, StoreError> {
        let (rows, missing, to, last) = match &replay.of {
            ReplayOf::Events(ids) => {
                let mut left: Vec<EventId> = ids
                    .iter()
                    .copied()
                    .filter(|id| Some(*id) > replay.position)
                    .collect();
                left.sort_unstable();
                left.dedup();
                let last = left.len() <= most;
                left.truncate(most);
                let named = events::Column::Id.is_in(left.iter().map(|id| id.0));
                let rows = messages().filter(named).all(self.readers()).await?;
                let missing = (left.len() - rows.len()) as u64;
                (rows, missing, left.last().copied(), last)
            }
            ReplayOf::Filter(filter) => {
                let mut wanted = self.wanted(filter, replay.newest);
                if let Some(position) = replay.position {
                    wanted = wanted.add(events::Column::Id.gt(position.0));
                }
                let rows = messages()
                    .filter(wanted)
                    .order_by_asc(events::Column::Id)
                    .limit(most as u64)
                    .all(self.readers())
                    .await?;
                let last = rows.len() < most;
                let to = rows.last().map(|row| EventId(row.id));
                (rows, 0, to, last)
            }
        };
        Ok(ReplayBatch {
            events: past_events(self.readers(), rows).await?,
            missing,
            to: to.or(replay.position),
            last,
        })
    }

    /// How many runs of the events that a replay made last have not ended or come to a wait.
    pub async fn replay_backlog(&self, replay: ReplayId) -> Result<u64, StoreError> {
        let latest = Query::select()
            .column(replayed_events::Column::MadeId)
            .from(replayed_events::Entity)
            .and_where(Expr::col(replayed_events::Column::ReplayId).eq(replay.0))
            .order_by(
                replayed_events::Column::MadeId,
                sea_orm::sea_query::Order::Desc,
            )
            .limit(LOOKED_AT)
            .to_owned();
        let latest = Query::select()
            .column(replayed_events::Column::MadeId)
            .from_subquery(latest, Alias::new("latest"))
            .to_owned();
        let open = runs::Entity::find()
            .filter(runs::Column::EventId.in_subquery(latest))
            .filter(runs::Column::State.is_in(["ready", "running"]));
        Ok(open.count(self.readers()).await?)
    }

    /// How many runs of a replay are in which state.
    pub async fn replay_runs(&self, replay: ReplayId) -> Result<BTreeMap<String, u64>, StoreError> {
        let made = Query::select()
            .column(replayed_events::Column::MadeId)
            .from(replayed_events::Entity)
            .and_where(Expr::col(replayed_events::Column::ReplayId).eq(replay.0))
            .to_owned();
        let counts: Vec<(String, i64)> = runs::Entity::find()
            .select_only()
            .column(runs::Column::State)
            .column_as(runs::Column::Id.count(), "runs")
            .filter(runs::Column::EventId.in_subquery(made))
            .group_by(runs::Column::State)
            .into_tuple()
            .all(self.readers())
            .await?;
        let counts = counts.into_iter();
        Ok(counts
            .map(|(state, count)| (state, u64::try_from(count).unwrap_or_default()))
            .collect())
    }

    fn wanted(&self, filter: &ReplayFilter, newest: Option<EventId>) -> Condition {
        let mut wanted = condition(self, &events_filter(filter));
        if filter.origin.is_none() {
            // What was replayed already stands for an event that is among them itself.
            wanted = wanted.add(events::Column::Origin.ne(Origin::Replay.as_str()));
        }
        let newest = newest.map_or(Uuid::nil(), |id| id.0);
        wanted.add(events::Column::Id.lte(newest))
    }
}

fn events_filter(filter: &ReplayFilter) -> EventFilter {
    EventFilter {
        event_type: filter.types.clone(),
        subject: filter.subject.clone(),
        state: filter.state,
        origin: filter.origin,
        rule: filter.rule.clone(),
        rule_version: filter.rule_version.clone(),
        since: filter.since,
        until: filter.until,
        q: filter.q.clone(),
        q_in: if filter.names_only {
            SearchIn::Names
        } else {
            SearchIn::Everything
        },
    }
}

/// Those that are messages: what is in quarantine is none that a rule could be for.
fn messages() -> sea_orm::Select<events::Entity> {
    events::Entity::find().filter(events::Column::EventType.is_not_null())
}

async fn past_events(
    db: &impl ConnectionTrait,
    rows: Vec<events::Model>,
) -> Result<Vec<PastEvent>, StoreError> {
    let ids = rows.iter().map(|row| row.id);
    let runs: Vec<(Uuid, String, Option<String>)> = runs::Entity::find()
        .select_only()
        .columns([
            runs::Column::EventId,
            runs::Column::Rule,
            runs::Column::RuleVersion,
        ])
        .filter(runs::Column::EventId.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    let mut by_event: HashMap<Uuid, Vec<(RuleName, Option<VersionHash>)>> = HashMap::new();
    for (event, rule, version) in runs {
        if let Ok(rule) = rule.parse() {
            let version = version.map(VersionHash);
            by_event.entry(event).or_default().push((rule, version));
        }
    }
    let mut events: Vec<PastEvent> = rows
        .into_iter()
        .map(|row| {
            let runs = by_event.remove(&row.id).unwrap_or_default();
            let event = event_of(row)?;
            Ok(PastEvent { event, runs })
        })
        .collect::<Result<_, StoreError>>()?;
    events.sort_by_key(|past| past.event.id);
    Ok(events)
}
