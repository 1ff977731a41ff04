//! The ledger, as operators look at it.

use cuebook_core::clock::to_micros;
use cuebook_core::effect::{Effect, EffectState};
use cuebook_core::event::Origin;
use cuebook_core::rule::RuleName;
use cuebook_core::{EffectId, EventId, RunId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

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
    /// Of this event's runs.
    pub event: Option<EventId>,
    /// Of this rule.
    pub rule: Option<RuleName>,
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
    if let Some(runs) = runs_behind(filter) {
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

/// By way of the runs, since an effect is found by its run; `None` if any will do.
fn runs_behind(filter: &EffectFilter) -> Option<SelectStatement> {
    let behind = EventsBehind {
        types: &filter.event_type,
        subject: filter.subject.as_deref(),
        origin: filter.origin,
    };
    let events = behind.select();
    if events.is_none() && filter.event.is_none() {
        return None;
    }
    let mut select = Query::select();
    select.column(runs::Column::Id).from(runs::Entity);
    if let Some(event) = filter.event {
        select.and_where(runs::Column::EventId.eq(event.0));
    }
    if let Some(events) = events {
        select.and_where(runs::Column::EventId.in_subquery(events));
    }
    Some(select)
}
