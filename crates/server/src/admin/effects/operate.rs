//! What an operator decides about effects: send again, approve, discard.

use cuebook_core::EffectId;
use cuebook_store::{EffectOperated, Store};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::view::EffectBody;
use crate::admin::given::Given;
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Caller, Masking, Write};
use crate::problem::{Code, Refused, refusals};

refusals! {
    /// `POST /effects/{id}/retry`, `POST /effects/{id}/approve` and `POST /effects/{id}/discard`
    OperateRefusals = [InvalidId, NotFound, WrongState, InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// A decision about an effect.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub(crate) struct EffectDecision {
    /// Why, for the audit log. Mail addresses in it are hidden.
    reason: Option<Text<Plain>>,
}

/// The operations of operators on effects.
pub(crate) struct OperateEffectsApi(pub(crate) Store);

#[OpenApi]
impl OperateEffectsApi {
    /// Retry a send
    ///
    /// Has a send tried again that has failed or whose outcome is unknown: at once, with the same bytes and the same
    /// idempotency key. A call of a run such as `http::post` is not retried by itself: retry its run.
    #[oai(
        path = "/effects/:id/retry",
        method = "post",
        operation_id = "retry_effect",
        tag = "Tag::Effects"
    )]
    async fn retry_effect(
        &self,
        key: Allowed<Write>,
        /// The effect's id.
        id: Path<Text<EffectId>>,
    ) -> Result<Json<EffectBody>, Refused<OperateRefusals>> {
        let id = id.0.0;
        let operated = key.0.store(&self.0).retry_send(id).await?;
        let allowed = "only a failed or unknown send can be retried";
        match refusal(operated, allowed, "retry its run") {
            Some(refused) => Err(refused),
            None => self.shown(id, key.0.masking()).await,
        }
    }

    /// Approve a send
    ///
    /// Lets a send go that is held because it was over its rule's budget.
    #[oai(
        path = "/effects/:id/approve",
        method = "post",
        operation_id = "approve_effect",
        tag = "Tag::Effects"
    )]
    async fn approve_effect(
        &self,
        key: Allowed<Write>,
        /// The effect's id.
        id: Path<Text<EffectId>>,
        /// Why.
        body: Given<EffectDecision>,
    ) -> Result<Json<EffectBody>, Refused<OperateRefusals>> {
        let id = id.0.0;
        body.0.explain(&key.0);
        let operated = key.0.store(&self.0).approve_send(id).await?;
        match refusal(
            operated,
            "only what is held can be approved",
            "retry its run",
        ) {
            Some(refused) => Err(refused),
            None => self.shown(id, key.0.masking()).await,
        }
    }

    /// Discard an effect
    ///
    /// Decides against an effect that is pending, held or failed: it is not tried again. One whose attempt is being made
    /// just now cannot be discarded.
    #[oai(
        path = "/effects/:id/discard",
        method = "post",
        operation_id = "discard_effect",
        tag = "Tag::Effects"
    )]
    async fn discard_effect(
        &self,
        key: Allowed<Write>,
        /// The effect's id.
        id: Path<Text<EffectId>>,
        /// Why.
        body: Given<EffectDecision>,
    ) -> Result<Json<EffectBody>, Refused<OperateRefusals>> {
        let id = id.0.0;
        body.0.explain(&key.0);
        let operated = key.0.store(&self.0).discard_effect(id).await?;
        let allowed = "only what is pending, held or failed can be discarded";
        match refusal(operated, allowed, "cancel its run") {
            Some(refused) => Err(refused),
            None => self.shown(id, key.0.masking()).await,
        }
    }
}

impl EffectDecision {
    fn explain(&self, caller: &Caller) {
        if let Some(Text(Plain(reason))) = &self.reason {
            caller.because(reason);
        }
    }
}

impl Example for EffectDecision {
    fn example() -> Self {
        Self {
            reason: Some(Text(Plain("the campaign was agreed upon".to_owned()))),
        }
    }
}

impl OperateEffectsApi {
    async fn shown(
        &self,
        id: EffectId,
        masking: Masking,
    ) -> Result<Json<EffectBody>, Refused<OperateRefusals>> {
        let effect = self.0.show_effect(id).await?;
        effect
            .map(|effect| Json(EffectBody::new(effect, masking)))
            .ok_or_else(|| Refused::not_found("effect"))
    }
}

/// What is said of a decision that was not carried out.
fn refusal(
    operated: EffectOperated,
    allowed: &str,
    instead: &str,
) -> Option<Refused<OperateRefusals>> {
    let detail = match operated {
        EffectOperated::Done => return None,
        EffectOperated::NoSuch => return Some(Refused::not_found("effect")),
        EffectOperated::NotIn(state) => format!("the effect is {state}: {allowed}"),
        EffectOperated::IsCall => {
            format!("the effect is a call, whose answer its run needs: {instead}")
        }
        EffectOperated::UnderWay => {
            "an attempt is being made just now: look again when it has ended".to_owned()
        }
    };
    Some(Refused::new(Code::WrongState, detail))
}
