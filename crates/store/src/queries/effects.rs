//! The ledger, as operators look at it.

use cuebook_core::clock::to_micros;
use cuebook_core::effect::{Effect, EffectState};
use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EffectId, EndpointId, EventId, RunId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::ledger::with_attempts;
use super::page::{Listed, Page};
use super::runs::EventsBehind;
use super::search::{SearchIn, has};
use crate::entities::{effect_bodies, effects, runs};
use crate::error::StoreError;
use crate::statements::word;
use crate::store::Store;

/// Which effects are wanted; what is left out narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct EffectFilter {
    /// Of one of these functions; of any if empty.
    pub kind: Vec<String>,
    /// Behind which an event of one of these types stands; of any if empty.
    pub event_type: Vec<String>,
    /// Behind which an event stands that came so.
    pub origin: Option<Origin>,
    /// In this state.
    pub state: Option<EffectState>,
    /// Of this run.
    pub run: Option<RunId>,
    /// Of this event: of its runs, and its deliveries.
    pub event: Option<EventId>,
    /// Delivered to this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Of this rule.
    pub rule: Option<RuleName>,
    /// Of runs on this version of their rule.
    pub rule_version: Option<VersionHash>,
    /// Of runs about this booking or person.
    pub subject: Option<String>,
    /// Wanted at or after this instant.
    pub since: Option<Timestamp>,
    /// Wanted before this instant.
    pub until: Option<Timestamp>,
    /// With this text in kind, target or key; of names, in the kind alone.
    pub q: Option<String>,
    /// Where `q` is searched for.
    pub q_in: SearchIn,
}

/// What a send carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectBody {
    /// The function's name.
    pub kind: String,
    /// What the performer needs beside the bytes.
    pub envelope: serde_json::Value,
    /// The bytes: a whole mail, a request's body.
    pub body: Vec<u8>,
}

impl Store {
    /// Effects, newest first.
    pub async fn list_effects(
        &self,
        filter: &EffectFilter,
        page: &Page,
    ) -> Result<Listed<Effect>, StoreError> {
        let select = effects::Entity::find().filter(condition(filter));
        let mut rows = page
            .of(select, effects::Column::Id)
            .all(self.readers())
            .await?;
        let next = page.cut(&mut rows, |row| row.id);
        let items = with_attempts(self.readers(), rows).await?;
        Ok(Listed { items, next })
    }

    /// How many effects of a filter are in one of these states and, if `sends`, are sends.
    pub async fn count_effects(
        &self,
        filter: &EffectFilter,
        states: &[EffectState],
        sends: bool,
    ) -> Result<u64, StoreError> {
        let select = effects::Entity::find().filter(in_states(filter, states, sends));
        Ok(select.count(self.readers()).await?)
    }

    /// The oldest of these effects, at most `most`.
    pub async fn find_effects(
        &self,
        filter: &EffectFilter,
        states: &[EffectState],
        sends: bool,
        most: u64,
    ) -> Result<Vec<EffectId>, StoreError> {
        let found: Vec<Uuid> = effects::Entity::find()
            .select_only()
            .column(effects::Column::Id)
            .filter(in_states(filter, states, sends))
            .order_by_asc(effects::Column::Id)
            .limit(most)
            .into_tuple()
            .all(self.readers())
            .await?;
        Ok(found.into_iter().map(EffectId).collect())
    }

    /// The effect with this id.
    pub async fn show_effect(&self, id: EffectId) -> Result<Option<Effect>, StoreError> {
        let row = effects::Entity::find_by_id(id.0)
            .one(self.readers())
            .await?;
        let effects = with_attempts(self.readers(), row.into_iter().collect()).await?;
        Ok(effects.into_iter().next())
    }

    /// What the send with this id carries; `None` for what is no send.
    pub async fn effect_message(&self, id: EffectId) -> Result<Option<EffectBody>, StoreError> {
        let found = effect_bodies::Entity::find_by_id(id.0)
            .one(self.readers())
            .await?;
        let effect = effects::Entity::find_by_id(id.0)
            .one(self.readers())
            .await?;
        let (Some(body), Some(effect)) = (found, effect) else {
            return Ok(None);
        };
        Ok(Some(EffectBody {
            kind: effect.kind,
            envelope: serde_json::from_slice(&body.envelope)
                .map_err(|error| StoreError::unreadable("send's envelope", error.to_string()))?,
            body: body.body,
        }))
    }
}

fn in_states(filter: &EffectFilter, states: &[EffectState], sends: bool) -> Condition {
    let states = states.iter().map(|state| state.as_str());
    let mut all = condition(filter).add(effects::Column::State.is_in(states));
    if sends {
        // A send is what has bytes of its own.
        let body = (effect_bodies::Entity, effect_bodies::Column::EffectId);
        let bytes = Query::select()
            .expr(Expr::value(1))
            .from(effect_bodies::Entity)
            .and_where(Expr::col(body).eq(Expr::col((effects::Entity, effects::Column::Id))))
            .to_owned();
        all = all.add(Expr::exists(bytes));
    }
    all
}

fn condition(filter: &EffectFilter) -> Condition {
    let mut all = Condition::all()
        .add_option(
            (!filter.kind.is_empty())
                .then(|| effects::Column::Kind.is_in(filter.kind.iter().cloned())),
        )
        .add_option(
            filter
                .state
                .map(|state| Expr::col(effects::Column::State).eq(word(state.as_str()))),
        )
        .add_option(filter.run.map(|run| effects::Column::RunId.eq(run.0)))
        .add_option(
            filter
                .endpoint
                .map(|endpoint| effects::Column::EndpointId.eq(endpoint.0)),
        )
        .add_option(
            filter
                .rule
                .as_ref()
                .map(|rule| effects::Column::Rule.eq(rule.as_str())),
        )
        .add_option(
            filter
                .since
                .map(|since| effects::Column::CreatedAt.gte(to_micros(since))),
        )
        .add_option(
            filter
                .until
                .map(|until| effects::Column::CreatedAt.lt(to_micros(until))),
        );
    all = all.add_option(of_events(filter));
    if let Some(version) = &filter.rule_version {
        let runs = Query::select()
            .column(runs::Column::Id)
            .from(runs::Entity)
            .and_where(runs::Column::RuleVersion.eq(&version.0))
            .to_owned();
        all = all.add(effects::Column::RunId.in_subquery(runs));
    }
    if let Some(piece) = &filter.q {
        let mut any = Condition::any().add(has(effects::Column::Kind, piece));
        if filter.q_in == SearchIn::Everything {
            any = any
                .add(has(effects::Column::Target, piece))
                .add(has(effects::Column::Key, piece));
        }
        all = all.add(any);
    }
    all
}

/// That the right event stands behind it; `None` if any will do. By way of the runs, since what a run wanted is found by
/// that; what is forwarded is found by its event.
fn of_events(filter: &EffectFilter) -> Option<Condition> {
    let behind = EventsBehind {
        types: &filter.event_type,
        subject: filter.subject.as_deref(),
        origin: filter.origin,
        q_in: filter.q_in,
    };
    let events = behind.select();
    if events.is_none() && filter.event.is_none() {
        return None;
    }
    let mut runs: SelectStatement = Query::select();
    runs.column(runs::Column::Id).from(runs::Entity);
    let mut forwarded = Condition::all().add(effects::Column::EndpointId.is_not_null());
    if let Some(event) = filter.event {
        runs.and_where(runs::Column::EventId.eq(event.0));
        forwarded = forwarded.add(effects::Column::EventId.eq(event.0));
    }
    if let Some(events) = events {
        runs.and_where(runs::Column::EventId.in_subquery(events.clone()));
        forwarded = forwarded.add(effects::Column::EventId.in_subquery(events));
    }
    let of_run = effects::Column::RunId.in_subquery(runs);
    Some(Condition::any().add(of_run).add(forwarded))
}
