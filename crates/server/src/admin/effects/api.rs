//! The operations on effects.

use cuebook_core::effect::EffectState;
use cuebook_core::event::Origin;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::{EffectId, EndpointId, EventId, RunId, Timestamp};
use cuebook_store::{EffectFilter, Store, StoreError, is_expired};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::refusals::{ListRefusals, MessageRefusals, ShowRefusals};
use super::view::{EffectBody, EffectPage};
use crate::admin::download::Download;
use crate::admin::page::{Cursor, Limit, page, shown};
use crate::admin::rule_sets::Hash;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text, event_types, texts};
use crate::auth::{Allowed, Read, Scope};
use crate::problem::{Code, Refused};

/// The kind of effect whose stored bytes are a mail.
const MAIL: &str = "email::send";

/// The operations on effects.
pub(crate) struct EffectsApi(pub(crate) Store);

#[OpenApi]
impl EffectsApi {
    /// List effects
    ///
    /// The ledger, newest first. Without the scope `personal`, mail addresses are masked.
    #[oai(
        path = "/effects",
        method = "get",
        operation_id = "list_effects",
        tag = "Tag::Effects"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the API")]
    async fn list_effects(
        &self,
        key: Allowed<Read>,
        /// Only effects of this function, such as `email::send`; may be given several times.
        kind: Query<Vec<Text<Plain>>>,
        /// Only effects behind which an event of this type stands; may be given several times.
        #[oai(name = "type")]
        event_type: Query<Vec<Text<Plain>>>,
        /// Only effects of runs about this booking or person.
        subject: Query<Option<Text<Plain>>>,
        /// Only effects behind which an event stands that came this way.
        origin: Query<Option<Text<Origin>>>,
        /// Only effects in this state.
        state: Query<Option<Text<EffectState>>>,
        /// Only effects of this rule.
        rule: Query<Option<Text<RuleName>>>,
        /// Only effects of runs on this version of a rule: its hash.
        rule_version: Query<Option<Text<Hash>>>,
        /// Only effects of this run.
        run: Query<Option<Text<RunId>>>,
        /// Only effects of this event.
        event: Query<Option<Text<EventId>>>,
        /// Only what is forwarded to this endpoint.
        endpoint: Query<Option<Text<EndpointId>>>,
        /// Only effects wanted at this instant or later.
        since: Query<Option<Text<Timestamp>>>,
        /// Only effects wanted before this instant.
        until: Query<Option<Text<Timestamp>>>,
        /// Only effects with this text in kind, target or key; without the scope `personal`, in the kind alone.
        q: Query<Option<Text<Plain>>>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Cursor>>>,
    ) -> Result<Json<EffectPage>, Refused<ListRefusals>> {
        let filter = EffectFilter {
            kind: texts(kind.0),
            event_type: event_types(event_type.0),
            subject: subject.0.map(|text| text.0.0),
            origin: origin.0.map(|origin| origin.0),
            state: state.0.map(|state| state.0),
            rule: rule.0.map(|rule| rule.0),
            rule_version: rule_version.0.map(|version| VersionHash(version.0.0)),
            run: run.0.map(|id| id.0),
            event: event.0.map(|id| id.0),
            endpoint: endpoint.0.map(|id| id.0),
            since: since.0.map(|at| at.0),
            until: until.0.map(|at| at.0),
            q: q.0.map(|text| text.0.0),
            q_in: key.0.search_in(),
        };
        let listed = self
            .0
            .list_effects(&filter, &page(limit.0, cursor.0))
            .await?;
        let masking = key.0.masking();
        let (items, next_cursor) = shown(listed, |effect| EffectBody::new(effect, masking));
        Ok(Json(EffectPage { items, next_cursor }))
    }

    /// Show an effect
    ///
    /// One row of the ledger with all attempts.
    #[oai(
        path = "/effects/:id",
        method = "get",
        operation_id = "show_effect",
        tag = "Tag::Effects"
    )]
    async fn show_effect(
        &self,
        key: Allowed<Read>,
        /// The effect's id.
        id: Path<Text<EffectId>>,
    ) -> Result<Json<EffectBody>, Refused<ShowRefusals>> {
        let effect = self.0.show_effect(id.0.0).await?;
        effect
            .map(|effect| Json(EffectBody::new(effect, key.0.masking())))
            .ok_or_else(|| Refused::not_found("effect"))
    }

    /// Get an effect's message
    ///
    /// What was sent, or is to be: a mail whole, as `.eml`; otherwise the bytes of the body. Needs the scope `personal`
    /// beside `read`. Calls such as `http::post` keep no message: their arguments are among the run's steps.
    #[oai(
        path = "/effects/:id/message",
        method = "get",
        operation_id = "effect_message",
        tag = "Tag::Effects"
    )]
    async fn effect_message(
        &self,
        key: Allowed<Read>,
        /// The effect's id.
        id: Path<Text<EffectId>>,
    ) -> Result<Download, Refused<MessageRefusals>> {
        if !key.0.may(Scope::Personal) {
            return Err(Refused::new(
                Code::PersonalData,
                "a message holds personal data",
            ));
        }
        let id = id.0.0;
        let Some(message) = self.0.effect_message(id).await? else {
            if self.is_expired(id).await? {
                return Err(Refused::new(
                    Code::Expired,
                    "what the effect carried is no longer kept",
                ));
            }
            return Err(Refused::not_found("effect with a message"));
        };
        Ok(if message.kind == MAIL {
            Download::mail(format!("{id}.eml"), message.body)
        } else {
            Download::bytes(format!("{id}.bin"), message.body)
        })
    }
}

impl EffectsApi {
    /// Whether what the effect's event and run said is no longer kept.
    async fn is_expired(&self, id: EffectId) -> Result<bool, StoreError> {
        let Some(effect) = self.0.show_effect(id).await? else {
            return Ok(false);
        };
        let event = self.0.event(effect.event_id).await?;
        Ok(event.as_ref().is_some_and(is_expired))
    }
}
