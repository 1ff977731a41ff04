//! Lists of runs.

use cuebook_core::clock::to_micros;
use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::run::RunState;
use cuebook_core::{EventId, RunId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::page::{Listed, Page};
use super::run_view::RunView;
use super::search::{SearchIn, has, has_name, is_pid};
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::reading::run_shown;
use crate::statements::word;
use crate::store::Store;

/// Which runs are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of events of one of these types; of any if empty.
    pub event_type: Vec<String>,
    /// Of events that came so.
    pub origin: Option<Origin>,
    /// Of this event.
    pub event: Option<EventId>,
    /// Of this rule.
    pub rule: Option<RuleName>,
    /// On this version of its rule.
    pub rule_version: Option<VersionHash>,
    /// About this booking or person.
    pub subject: Option<String>,
    /// In this state.
    pub state: Option<RunState>,
    /// Made at or after this instant.
    pub since: Option<Timestamp>,
    /// Made before this instant.
    pub until: Option<Timestamp>,
    /// With this text in rule, subject or reason; of names, in rule and subject.
    pub q: Option<String>,
    /// Where `q` is searched for.
    pub q_in: SearchIn,
}

impl Store {
    /// Runs, newest first, without their steps, logs and effects. One that cannot be read says so in its reason.
    pub async fn list_runs(
        &self,
        filter: &RunFilter,
        page: &Page,
    ) -> Result<Listed<RunView>, StoreError> {
        let select = runs::Entity::find().filter(condition(filter));
        let mut rows = page
            .of(select, runs::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items: Result<Vec<RunView>, StoreError> = rows
            .into_iter()
            .map(|row| run_shown(row).map(RunView::bare))
            .collect();
        Ok(Listed {
            items: items?,
            next,
        })
    }

    /// How many runs of a filter are in one of these states.
    pub async fn count_runs(
        &self,
        filter: &RunFilter,
        states: &[RunState],
    ) -> Result<u64, StoreError> {
        let select = runs::Entity::find().filter(in_states(filter, states));
        Ok(select.count(self.readers()).await?)
    }

    /// The oldest runs of a filter that are in one of these states, at most `most`; each with its rule.
    pub async fn find_runs(
        &self,
        filter: &RunFilter,
        states: &[RunState],
        most: u64,
    ) -> Result<Vec<(RunId, String)>, StoreError> {
        let found: Vec<(Uuid, String)> = runs::Entity::find()
            .select_only()
            .columns([runs::Column::Id, runs::Column::Rule])
            .filter(in_states(filter, states))
            .order_by_asc(runs::Column::Id)
            .limit(most)
            .into_tuple()
            .all(self.readers())
            .await?;
        let found = found.into_iter();
        Ok(found.map(|(id, rule)| (RunId(id), rule)).collect())
    }
}

fn in_states(filter: &RunFilter, states: &[RunState]) -> Condition {
    let states = states.iter().map(|state| state.as_str());
    condition(filter).add(runs::Column::State.is_in(states))
}

fn condition(filter: &RunFilter) -> Condition {
    let mut all = Condition::all()
        .add_option(filter.event.map(|event| runs::Column::EventId.eq(event.0)))
        .add_option(
            filter
                .rule
                .as_ref()
                .map(|rule| runs::Column::Rule.eq(rule.as_str())),
        )
        .add_option(
            filter
                .rule_version
                .as_ref()
                .map(|version| runs::Column::RuleVersion.eq(&version.0)),
        )
        .add_option(
            filter
                .state
                .map(|state| Expr::col(runs::Column::State).eq(word(state.as_str()))),
        )
        .add_option(
            filter
                .since
                .map(|since| runs::Column::CreatedAt.gte(to_micros(since))),
        )
        .add_option(
            filter
                .until
                .map(|until| runs::Column::CreatedAt.lt(to_micros(until))),
        );
    let behind = EventsBehind {
        types: &filter.event_type,
        subject: filter.subject.as_deref(),
        origin: filter.origin,
        q_in: filter.q_in,
    };
    if let Some(events) = behind.select() {
        all = all.add(runs::Column::EventId.in_subquery(events));
    }
    if let Some(piece) = &filter.q {
        let mut any = Condition::any()
            .add(has(runs::Column::Rule, piece))
            .add(has_name(runs::Column::Subject, piece));
        if filter.q_in == SearchIn::Everything {
            any = any
                .add(has(runs::Column::Subject, piece))
                .add(has(runs::Column::Reason, piece));
        }
        all = all.add(any);
    }
    all
}

/// The events that runs or effects are to stand behind. By way of them, since events have the index.
pub(super) struct EventsBehind<'a> {
    pub(super) types: &'a [String],
    pub(super) subject: Option<&'a str>,
    pub(super) origin: Option<Origin>,
    pub(super) q_in: SearchIn,
}

impl EventsBehind<'_> {
    /// Their ids; `None` if any event will do.
    pub(super) fn select(&self) -> Option<SelectStatement> {
        let mut select = Query::select();
        select.column(events::Column::Id).from(events::Entity);
        if !self.types.is_empty() {
            select.and_where(events::Column::EventType.is_in(self.types.iter().cloned()));
        }
        if let Some(subject) = self.subject {
            select.and_where(is_pid(events::Column::Subject, subject, self.q_in));
        }
        if let Some(origin) = self.origin {
            select.and_where(events::Column::Origin.eq(origin.as_str()));
        }
        let any = self.types.is_empty() && self.subject.is_none() && self.origin.is_none();
        (!any).then_some(select)
    }
}
