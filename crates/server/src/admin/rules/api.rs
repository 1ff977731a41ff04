//! The operations on rules.

use std::sync::Arc;

use cuebook_core::rule::RuleName;
use cuebook_rules::{ActiveRules, Engine};
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use tokio_util::task::TaskTracker;

use super::check::{CandidateRule, CheckedRule, check};
use super::view::{RuleBody, RuleList};
use crate::admin::tag::Tag;
use crate::admin::value::{Plain, Text};
use crate::auth::{Allowed, Read};
use crate::problem::{Code, Refused, refusals};
use crate::rule_problems::RuleProblems;

refusals! {
    /// `GET /rules`
    ListRefusals = [];
    /// `GET /rules/{type}/{name}`
    ShowRefusals = [InvalidId, NotFound];
    /// `POST /rules/check`
    CheckRefusals = [InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];
}

/// The operations on rules.
pub(crate) struct RulesApi {
    /// Checks them.
    pub(crate) engine: Engine,
    /// Those in force.
    pub(crate) rules: Arc<ActiveRules>,
    /// The last failed reload.
    pub(crate) problems: Arc<RuleProblems>,
    /// Where the checker's work is waited for.
    pub(crate) tasks: TaskTracker,
}

#[OpenApi]
#[expect(
    clippy::unused_async,
    reason = "an operation of the API has to be async"
)]
impl RulesApi {
    /// List rules
    ///
    /// The rules in force, by name. When the last change of the folder was refused, `failed_reload` says why.
    #[oai(
        path = "/rules",
        method = "get",
        operation_id = "list_rules",
        tag = "Tag::Rules"
    )]
    async fn list_rules(
        &self,
        _key: Allowed<Read>,
    ) -> Result<Json<RuleList>, Refused<ListRefusals>> {
        let failed = self.problems.load();
        Ok(Json(RuleList::new(&self.rules.load(), failed)))
    }

    /// Show a rule
    ///
    /// One rule in force, with its source.
    #[oai(
        path = "/rules/:type/:name",
        method = "get",
        operation_id = "show_rule",
        tag = "Tag::Rules"
    )]
    async fn show_rule(
        &self,
        _key: Allowed<Read>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<Plain>>,
        /// The second part of the rule's name.
        name: Path<Text<Plain>>,
    ) -> Result<Json<RuleBody>, Refused<ShowRefusals>> {
        let full = format!("{}/{}", folder.0.0.0, name.0.0.0);
        let name: RuleName = full.parse().map_err(|_| {
            Refused::new(
                Code::InvalidId,
                "a rule's name is <event-type>/<name>, such as new-booking/thank-you",
            )
        })?;
        let set = self.rules.load();
        set.rules
            .get(&name)
            .map(|rule| Json(RuleBody::with_source(rule, &set)))
            .ok_or_else(|| Refused::not_found("rule"))
    }

    /// Check a rule
    ///
    /// Checks a source as `cuebook check` does, within the set in force. Nothing is stored or run.
    #[oai(
        path = "/rules/check",
        method = "post",
        operation_id = "check_rule",
        tag = "Tag::Rules"
    )]
    async fn check_rule(
        &self,
        _key: Allowed<Read>,
        /// The source, and where it would stand.
        body: Json<CandidateRule>,
    ) -> Result<Json<CheckedRule>, Refused<CheckRefusals>> {
        let (engine, set) = (self.engine.clone(), self.rules.load());
        // Compiling takes milliseconds of a processor: not on a thread that answers requests.
        let checking = self
            .tasks
            .spawn_blocking(move || check(&engine, &set, body.0));
        checking
            .await
            .map(Json)
            .map_err(|_| Refused::new(Code::Internal, "the checker failed"))
    }
}
