//! Lists of runs.

use cuebook_core::clock::to_micros;
use cuebook_core::rule::RuleName;
use cuebook_core::run::RunState;
use cuebook_core::{EventId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::page::{Listed, Page};
use super::run_view::RunView;
use super::search::{SearchIn, has, has_pid};
use crate::entities::{events, runs};
use crate::error::StoreError;
use crate::reading::run_of;
use crate::statements::word;
use crate::store::Store;

/// Which runs are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Of events of one of these types; of any if empty.
    pub event_type: Vec<String>,
    /// Of this event.
    pub event: Option<EventId>,
    /// Of this rule.
    pub rule: Option<RuleName>,
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
    /// Runs, newest first, without their steps, logs and effects.
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
            .map(|row| run_of(row).map(RunView::bare))
            .collect();
        Ok(Listed {
            items: items?,
            next,
        })
    }
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
    if !filter.event_type.is_empty() || filter.subject.is_some() {
        all = all.add(
            runs::Column::EventId
                .in_subquery(events_behind(&filter.event_type, filter.subject.as_deref())),
        );
    }
    if let Some(piece) = &filter.q {
        let mut any = Condition::any()
            .add(has(runs::Column::Rule, piece))
            .add(has_pid(runs::Column::Subject, piece));
        if filter.q_in == SearchIn::Everything {
            any = any
                .add(has(runs::Column::Subject, piece))
                .add(has(runs::Column::Reason, piece));
        }
        all = all.add(any);
    }
    all
}

/// The events of these types and about this subject. By way of them, since events have the index.
pub(super) fn events_behind(types: &[String], subject: Option<&str>) -> SelectStatement {
    let mut select = Query::select();
    select.column(events::Column::Id).from(events::Entity);
    if !types.is_empty() {
        select.and_where(events::Column::EventType.is_in(types.iter().cloned()));
    }
    if let Some(subject) = subject {
        select.and_where(events::Column::Subject.eq(subject));
    }
    select
}
