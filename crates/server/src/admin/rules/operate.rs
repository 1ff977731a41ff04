//! What an operator decides about rules: whether new events start runs of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use cuebook_core::rule::RuleName;
use cuebook_rules::{ActiveRules, Rule, RuleSet};
use cuebook_store::{Stopped, Store, StoreError};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::view::RuleBody;
use crate::admin::tag::Tag;
use crate::admin::value::{NamePart, Text};
use crate::auth::{Allowed, Write};
use crate::problem::{Code, Refusals, Refused, refusals};

refusals! {
    /// `POST /rules/{type}/{name}/enable`
    EnableRefusals = [InvalidId, NotFound, WrongState];
    /// `POST /rules/{type}/{name}/disable`
    DisableRefusals = [InvalidId, NotFound];
}

/// The operations of operators on rules.
pub(crate) struct OperateRulesApi {
    /// Where the decision is kept.
    pub(crate) store: Store,
    /// Those in force.
    pub(crate) rules: Arc<ActiveRules>,
}

#[OpenApi]
impl OperateRulesApi {
    /// Enable a rule
    ///
    /// New events start runs of it again. Events that came while it was disabled do not: replay them. A rule whose own head
    /// says `enabled = false` can only be enabled there.
    #[oai(
        path = "/rules/:type/:name/enable",
        method = "post",
        operation_id = "enable_rule",
        tag = "Tag::Rules"
    )]
    async fn enable_rule(
        &self,
        key: Allowed<Write>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<NamePart>>,
        /// The second part of the rule's name.
        name: Path<Text<NamePart>>,
    ) -> Result<Json<RuleBody>, Refused<EnableRefusals>> {
        let set = self.rules.load();
        let rule = named(&set, &folder.0.0.0, &name.0.0.0)?;
        if !rule.options.enabled {
            return Err(Refused::new(
                Code::WrongState,
                "the rule's own head says `enabled = false`: change it there",
            ));
        }
        key.0
            .store(&self.store)
            .start(Some(rule.name.clone()), Stopped::NewRuns)
            .await?;
        let disabled = disabled(&self.store).await?;
        let mut body = RuleBody::with_source(rule, &set, &disabled);
        body.mask(key.0.masking());
        Ok(Json(body))
    }

    /// Disable a rule
    ///
    /// New events start no run of it, also after a restart. Runs that there are go on; to hold these and their sends too,
    /// pause the rule.
    #[oai(
        path = "/rules/:type/:name/disable",
        method = "post",
        operation_id = "disable_rule",
        tag = "Tag::Rules"
    )]
    async fn disable_rule(
        &self,
        key: Allowed<Write>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<NamePart>>,
        /// The second part of the rule's name.
        name: Path<Text<NamePart>>,
    ) -> Result<Json<RuleBody>, Refused<DisableRefusals>> {
        let set = self.rules.load();
        let rule = named(&set, &folder.0.0.0, &name.0.0.0)?;
        key.0
            .store(&self.store)
            .stop(Some(rule.name.clone()), Stopped::NewRuns)
            .await?;
        let disabled = disabled(&self.store).await?;
        let mut body = RuleBody::with_source(rule, &set, &disabled);
        body.mask(key.0.masking());
        Ok(Json(body))
    }
}

/// The name that its two parts make up.
#[expect(
    clippy::result_large_err,
    reason = "a refusal is made once and answered at once, as in the operations themselves"
)]
pub(crate) fn rule_name<R: Refusals>(folder: &str, name: &str) -> Result<RuleName, Refused<R>> {
    format!("{folder}/{name}").parse().map_err(|_| {
        Refused::new(
            Code::InvalidId,
            "a rule's name is <event-type>/<name>, such as new-booking/thank-you",
        )
    })
}

/// The rule of `set` that the two parts of a name mean.
#[expect(
    clippy::result_large_err,
    reason = "a refusal is made once and answered at once, as in the operations themselves"
)]
pub(super) fn named<'a, R: Refusals>(
    set: &'a RuleSet,
    folder: &str,
    name: &str,
) -> Result<&'a Rule, Refused<R>> {
    let name = rule_name(folder, name)?;
    let rule = set.rules.get(&name);
    rule.map(|rule| &**rule)
        .ok_or_else(|| Refused::not_found("rule"))
}

/// The rules that an operator has disabled.
pub(super) async fn disabled(store: &Store) -> Result<BTreeSet<RuleName>, StoreError> {
    let stops = store.stops().await?;
    Ok(stops
        .into_iter()
        .filter(|stop| stop.what == Stopped::NewRuns)
        .filter_map(|stop| stop.rule)
        .collect())
}
