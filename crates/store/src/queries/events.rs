//! Events, as operators look at them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use cuebook_core::clock::to_micros;
use cuebook_core::event::{Event, EventState, Origin};
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, Iterable, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::page::{Listed, Page};
use super::search::{SearchIn, has, has_bytes, has_name, is_pid, spellings};
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::reading::{event_of, word};
use crate::store::Store;

/// The most words that are searched for.
const WORDS: usize = 10;
/// The largest body of an event in a list, in bytes.
const LISTED_BODY: i32 = 16 * 1024;

/// Which events are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of one of these types; of any if empty.
    pub event_type: Vec<String>,
    /// About this booking or person.
    pub subject: Option<String>,
    /// In this state.
    pub state: Option<EventState>,
    /// That came so.
    pub origin: Option<Origin>,
    /// With a run of this rule.
    pub rule: Option<RuleName>,
    /// With a run on this version of its rule.
    pub rule_version: Option<VersionHash>,
    /// Received at or after this instant.
    pub since: Option<Timestamp>,
    /// Received before this instant.
    pub until: Option<Timestamp>,
    /// With each word of this text in type, subject or body; of names, in type and subject.
    pub q: Option<String>,
    /// Where `q` is searched for.
    pub q_in: SearchIn,
}

/// An event with what became of it.
#[derive(Debug, Clone)]
pub struct EventView {
    /// The event.
    pub event: Event,
    /// Whether its body is left out here, since a list would grow too large with it.
    pub without_body: bool,
    /// Where it stands.
    pub state: EventState,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// Its runs.
    pub runs: Vec<RunBrief>,
    /// How many of them failed or are blocked.
    pub runs_failed: u32,
}

/// A run in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunBrief {
    /// Its id.
    pub id: RunId,
    /// Its rule's name.
    pub rule: String,
    /// Where it stands.
    pub state: RunState,
    /// Why.
    pub reason: Option<String>,
}

impl Store {
    /// The event with this id.
    pub async fn event(&self, id: EventId) -> Result<Option<Event>, StoreError> {
        let row = events::Entity::find_by_id(id.0).one(self.readers()).await?;
        row.map(event_of).transpose()
    }

    /// The event of a run that begins: mostly one that this process has just accepted.
    pub async fn event_for_run(&self, id: EventId) -> Result<Option<Arc<Event>>, StoreError> {
        match self.inner.fresh.take(id) {
            Some(event) => Ok(Some(event)),
            None => Ok(self.event(id).await?.map(Arc::new)),
        }
    }

    /// The event with this id and what became of it.
    pub async fn show_event(&self, id: EventId) -> Result<Option<EventView>, StoreError> {
        let row = events::Entity::find_by_id(id.0).one(self.readers()).await?;
        let views = views(self.readers(), row.into_iter().collect()).await?;
        Ok(views.into_iter().next())
    }

    /// Events, newest first; those with bodies over 16 KiB without them.
    pub async fn list_events(
        &self,
        filter: &EventFilter,
        page: &Page,
    ) -> Result<Listed<EventView>, StoreError> {
        let select = events::Entity::find().filter(condition(self, filter));
        let mut rows = light(page.of(select, events::Column::Id))
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut items = views(self.readers(), rows).await?;
        let large = large(self.readers(), ids).await?;
        for view in &mut items {
            view.without_body = large.contains(&view.event.id.0);
        }
        Ok(Listed { items, next })
    }
}

/// The rows without bodies that are too large for a list; the database does not read them.
fn light(select: Select<events::Entity>) -> Select<events::Entity> {
    let others = events::Column::iter().filter(|column| !matches!(column, events::Column::Body));
    let body: Expr = Expr::case(is_large().not(), Expr::col(events::Column::Body))
        .finally(Expr::value(Vec::<u8>::new()))
        .into();
    select.select_only().columns(others).column_as(body, "body")
}

/// Which of the events have such a body.
async fn large(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashSet<Uuid>, StoreError> {
    let large: Vec<Uuid> = events::Entity::find()
        .select_only()
        .column(events::Column::Id)
        .filter(events::Column::Id.is_in(ids))
        .filter(is_large())
        .into_tuple()
        .all(db)
        .await?;
    Ok(large.into_iter().collect())
}

fn is_large() -> Expr {
    // Of bytes, `length` counts the bytes on both databases.
    let length = Func::cust("length").arg(Expr::col((events::Entity, events::Column::Body)));
    Expr::from(length).gt(LISTED_BODY)
}

pub(super) fn condition(store: &Store, filter: &EventFilter) -> Condition {
    let mut all = Condition::all()
        .add_option(
            (!filter.event_type.is_empty())
                .then(|| events::Column::EventType.is_in(filter.event_type.iter().cloned())),
        )
        .add_option(
            filter
                .subject
                .as_deref()
                .map(|subject| is_pid(events::Column::Subject, subject, filter.q_in)),
        )
        .add_option(
            filter
                .origin
                .map(|origin| events::Column::Origin.eq(origin.as_str())),
        )
        .add_option(
            filter
                .since
                .map(|since| events::Column::ReceivedAt.gte(to_micros(since))),
        )
        .add_option(
            filter
                .until
                .map(|until| events::Column::ReceivedAt.lt(to_micros(until))),
        );
    if filter.rule.is_some() || filter.rule_version.is_some() {
        let rule = filter.rule.as_ref();
        let version = filter.rule_version.as_ref();
        let of_rule = runs_of_event()
            .and_where_option(rule.map(|rule| runs::Column::Rule.eq(rule.as_str())))
            .and_where_option(version.map(|version| runs::Column::RuleVersion.eq(&version.0)))
            .to_owned();
        all = all.add(Expr::exists(of_rule));
    }
    if let Some(state) = filter.state {
        all = all.add(state_condition(state));
    }
    if let Some(piece) = &filter.q {
        let backend = store.readers().get_database_backend();
        for word in piece.split_whitespace().take(WORDS) {
            all = all.add(has_word(backend, word, filter.q_in));
        }
    }
    all
}

/// Whether a word occurs in an event.
fn has_word(backend: DbBackend, word: &str, q_in: SearchIn) -> Condition {
    let names = [
        events::Column::EventType,
        events::Column::WireType,
        events::Column::Subject,
    ];
    let in_names = |has: fn(events::Column, &str) -> Expr| {
        names
            .into_iter()
            .fold(Condition::any(), |any, name| any.add(has(name, word)))
    };
    if q_in == SearchIn::Names {
        return in_names(has_name);
    }
    spellings(word).iter().fold(in_names(has), |any, spelling| {
        any.add(has_bytes(backend, events::Column::Body, spelling))
    })
}

/// An event's state follows from what was decided when it came and from its runs.
fn state_condition(state: EventState) -> Condition {
    let disposition = |word: &str| events::Column::Disposition.eq(word);
    // In the words of the index that has just these.
    let waits = |text| {
        Expr::col((events::Entity, events::Column::Disposition)).eq(crate::statements::word(text))
    };
    let open = || {
        let open = runs_of_event()
            .and_where(runs::Column::State.is_in(["ready", "running"]))
            .to_owned();
        Expr::exists(open)
    };
    match state {
        EventState::Confirming => Condition::all().add(waits("confirming")),
        EventState::Held => Condition::all().add(waits("held")),
        EventState::Rejected => Condition::all().add(disposition("rejected")),
        EventState::NoRule => Condition::all().add(disposition("no_rule")),
        EventState::Pending => Condition::all().add(disposition("queued")).add(open()),
        EventState::Processed => Condition::all()
            .add(disposition("queued"))
            .add(open().not()),
    }
}

fn runs_of_event() -> SelectStatement {
    Query::select()
        .expr(Expr::value(1))
        .from(runs::Entity)
        .and_where(
            Expr::col((runs::Entity, runs::Column::EventId))
                .eq(Expr::col((events::Entity, events::Column::Id))),
        )
        .to_owned()
}

async fn views(
    db: &impl ConnectionTrait,
    rows: Vec<events::Model>,
) -> Result<Vec<EventView>, StoreError> {
    let mut briefs = briefs(db, rows.iter().map(|row| row.id).collect()).await?;
    rows.into_iter()
        .map(|row| {
            let runs = briefs.remove(&row.id).unwrap_or_default();
            let open = |run: &RunBrief| matches!(run.state, RunState::Ready | RunState::Running);
            let failed =
                |run: &&RunBrief| matches!(run.state, RunState::Failed | RunState::Blocked);
            let state = match row.disposition.as_str() {
                "confirming" => EventState::Confirming,
                "held" => EventState::Held,
                "rejected" => EventState::Rejected,
                "no_rule" => EventState::NoRule,
                _ if runs.iter().any(open) => EventState::Pending,
                _ => EventState::Processed,
            };
            Ok(EventView {
                without_body: false,
                state,
                reason: row.reason.clone(),
                runs_failed: u32::try_from(runs.iter().filter(failed).count()).unwrap_or(u32::MAX),
                event: event_of(row)?,
                runs,
            })
        })
        .collect()
}

/// A run's id, event, rule, state and reason.
type BriefRow = (Uuid, Uuid, String, String, Option<String>);

async fn briefs(
    db: &impl ConnectionTrait,
    events: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<RunBrief>>, StoreError> {
    let mut briefs: HashMap<Uuid, Vec<RunBrief>> = HashMap::new();
    if events.is_empty() {
        return Ok(briefs);
    }
    let rows: Vec<BriefRow> = runs::Entity::find()
        .select_only()
        .columns([
            runs::Column::Id,
            runs::Column::EventId,
            runs::Column::Rule,
            runs::Column::State,
            runs::Column::Reason,
        ])
        .filter(runs::Column::EventId.is_in(events))
        .order_by_asc(runs::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    for (id, event, rule, state, reason) in rows {
        // One that cannot be read needs a person, and must not hide the others.
        let (state, reason) = match word("run's state", &state, RunState::from_word) {
            Ok(state) => (state, reason),
            Err(error) => (RunState::Blocked, Some(error.to_string())),
        };
        briefs.entry(event).or_default().push(RunBrief {
            id: RunId(id),
            rule,
            state,
            reason,
        });
    }
    Ok(briefs)
}
