//! Events with what became of them, page by page: as few statements, columns and rows as a replay needs.
//!
//! Each value that a driver hands over costs an allocation or two, so only what a replay looks at is asked for, by position.

use std::collections::HashMap;

use cuebook_core::clock::from_micros;
use cuebook_core::event::{Event, Origin, Trust};
use cuebook_core::events::EventType;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::{Run, RunState};
use cuebook_core::{Account, EventId, Pid, RunId};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult,
    QuerySelect,
};
use uuid::Uuid;

use super::events::{EventRange, condition};
use super::open::Archive;
use super::runs::{PastRun, add_doings};
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::reading::{count, word};

/// An event with what became of it.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// The event, without the headers with which it came: no rule sees them.
    pub event: Event,
    /// Its runs, oldest first.
    pub runs: Vec<PastRun>,
}

struct EventRow {
    id: Uuid,
    account: String,
    event_type: Option<String>,
    wire_type: Option<String>,
    subject: Option<String>,
    origin: String,
    received_at: i64,
    capture: bool,
    parent: Option<Uuid>,
    depth: i32,
    trust: String,
    body: Vec<u8>,
}

struct RunRow {
    id: Uuid,
    event_id: Uuid,
    rule: String,
    rule_version: Option<String>,
    state: String,
    code: Option<String>,
    reason: Option<String>,
    generation: i32,
    created_at: i64,
    begun_at: Option<i64>,
    started_at: Option<i64>,
    ended_at: Option<i64>,
    wake_at: Option<i64>,
}

impl Archive {
    /// The next `limit` events of the range in order of arrival, from behind `after`, with their runs of the given rules or
    /// of all. What is in quarantine, or waits to be believed,
    /// is left out.
    pub async fn occurrences(
        &self,
        range: &EventRange,
        rules: Option<&[RuleName]>,
        after: Option<EventId>,
        limit: u64,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let mut past = self.bare_events(range, after, limit).await?;
        if past.is_empty() {
            return Ok(past);
        }
        let mut runs = self.bare_runs(&past, rules).await?;
        add_doings(&self.readers, &mut runs).await?;
        let at: HashMap<EventId, usize> = past
            .iter()
            .enumerate()
            .map(|(at, past)| (past.event.id, at))
            .collect();
        let mut runs: Vec<PastRun> = runs.into_values().collect();
        runs.sort_unstable_by_key(|past| past.run.id.0);
        for run in runs {
            if let Some(past) = at.get(&run.run.event_id).and_then(|at| past.get_mut(*at)) {
                past.runs.push(run);
            }
        }
        Ok(past)
    }

    async fn bare_events(
        &self,
        range: &EventRange,
        after: Option<EventId>,
        limit: u64,
    ) -> Result<Vec<Occurrence>, StoreError> {
        let mut select = events::Entity::find()
            .select_only()
            .columns([
                events::Column::Id,
                events::Column::Account,
                events::Column::EventType,
                events::Column::WireType,
                events::Column::Subject,
                events::Column::Origin,
                events::Column::ReceivedAt,
                events::Column::Capture,
                events::Column::Parent,
                events::Column::Depth,
                events::Column::Trust,
                events::Column::Body,
            ])
            .filter(condition(range));
        if let Some(after) = after {
            select = select.filter(events::Column::Id.gt(after.0));
        }
        let rows = select
            .order_by_asc(events::Column::Id)
            .limit(limit)
            .into_model::<EventRow>()
            .all(&self.readers)
            .await?;
        rows.into_iter()
            .map(|row| {
                let event = row.event()?;
                let runs = Vec::new();
                Ok(Occurrence { event, runs })
            })
            .collect()
    }

    /// The runs of these events, by id, without what they asked and did.
    async fn bare_runs(
        &self,
        past: &[Occurrence],
        rules: Option<&[RuleName]>,
    ) -> Result<HashMap<Uuid, PastRun>, StoreError> {
        let (Some(first), Some(last)) = (past.first(), past.last()) else {
            return Ok(HashMap::new());
        };
        // Those between them are few, and the index has them side by side: cheaper than to look for each.
        let mut select = runs::Entity::find()
            .select_only()
            .columns([
                runs::Column::Id,
                runs::Column::EventId,
                runs::Column::Rule,
                runs::Column::RuleVersion,
                runs::Column::State,
                runs::Column::Code,
                runs::Column::Reason,
                runs::Column::Generation,
                runs::Column::CreatedAt,
                runs::Column::BegunAt,
                runs::Column::StartedAt,
                runs::Column::EndedAt,
                runs::Column::WakeAt,
            ])
            .filter(runs::Column::EventId.between(first.event.id.0, last.event.id.0));
        if let Some(rules) = rules {
            select = select.filter(runs::Column::Rule.is_in(rules.iter().map(RuleName::as_str)));
        }
        let rows = select.into_model::<RunRow>().all(&self.readers).await?;
        let of: HashMap<Uuid, &Event> = past
            .iter()
            .map(|past| (past.event.id.0, &past.event))
            .collect();
        let mut found = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Some(event) = of.get(&row.event_id) {
                found.insert(row.id, PastRun::bare(row.run(event)?));
            }
        }
        Ok(found)
    }
}

impl EventRow {
    fn event(self) -> Result<Event, StoreError> {
        Ok(Event {
            id: EventId(self.id),
            account: Account(self.account),
            event_type: self.event_type.as_deref().map(EventType::from_wire),
            wire_type: self.wire_type,
            subject: self.subject.as_deref().map(Pid::from),
            origin: word("origin", &self.origin, Origin::from_word)?,
            received_at: from_micros(self.received_at),
            headers: Vec::new(),
            body: self.body,
            capture: self.capture,
            parent: self.parent.map(EventId),
            depth: count(self.depth),
            trust: word("trust", &self.trust, Trust::from_word)?,
        })
    }
}

impl RunRow {
    /// The run, whose account and subject are those of its event.
    fn run(self, event: &Event) -> Result<Run, StoreError> {
        Ok(Run {
            id: RunId(self.id),
            event_id: event.id,
            account: event.account.clone(),
            rule: self
                .rule
                .parse::<RuleName>()
                .map_err(|_| StoreError::unreadable("rule's name", self.rule))?,
            rule_version: self.rule_version.map(VersionHash),
            state: word("run's state", &self.state, RunState::from_word)?,
            code: self.code,
            reason: self.reason,
            subject: event.subject.clone(),
            generation: count(self.generation),
            created_at: from_micros(self.created_at),
            begun_at: self.begun_at.map(from_micros),
            started_at: self.started_at.map(from_micros),
            ended_at: self.ended_at.map(from_micros),
            wake_at: self.wake_at.map(from_micros),
        })
    }
}

impl FromQueryResult for EventRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            account: row.try_get_by_index(1)?,
            event_type: row.try_get_by_index(2)?,
            wire_type: row.try_get_by_index(3)?,
            subject: row.try_get_by_index(4)?,
            origin: row.try_get_by_index(5)?,
            received_at: row.try_get_by_index(6)?,
            capture: row.try_get_by_index(7)?,
            parent: row.try_get_by_index(8)?,
            depth: row.try_get_by_index(9)?,
            trust: row.try_get_by_index(10)?,
            body: row.try_get_by_index(11)?,
        })
    }
}

impl FromQueryResult for RunRow {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.try_get_by_index(0)?,
            event_id: row.try_get_by_index(1)?,
            rule: row.try_get_by_index(2)?,
            rule_version: row.try_get_by_index(3)?,
            state: row.try_get_by_index(4)?,
            code: row.try_get_by_index(5)?,
            reason: row.try_get_by_index(6)?,
            generation: row.try_get_by_index(7)?,
            created_at: row.try_get_by_index(8)?,
            begun_at: row.try_get_by_index(9)?,
            started_at: row.try_get_by_index(10)?,
            ended_at: row.try_get_by_index(11)?,
            wake_at: row.try_get_by_index(12)?,
        })
    }
}
