//! The operations on rules.

use std::sync::Arc;

use cuebook_rules::{ActiveRules, Engine};
use cuebook_store::Store;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::check::{CandidateRule, CheckedRule, check};
use super::operate::{disabled, named};
use super::view::{RuleBody, RuleList};
use crate::admin::seats::Seats;
use crate::admin::tag::Tag;
use crate::admin::value::{NamePart, Text};
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

/// How many checks may be under way at the same time: each takes a processor and a big stack.
pub(crate) const CHECKS: usize = 2;

/// The operations on rules.
pub(crate) struct RulesApi {
    /// Checks them.
    pub(crate) engine: Engine,
    /// Where it is kept which are disabled.
    pub(crate) store: Store,
    /// Those in force.
    pub(crate) rules: Arc<ActiveRules>,
    /// The last failed reload.
    pub(crate) problems: Arc<RuleProblems>,
    /// The checks that may be under way at the same time.
    pub(crate) checks: Seats,
}

#[OpenApi]
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
        key: Allowed<Read>,
    ) -> Result<Json<RuleList>, Refused<ListRefusals>> {
        let failed = self.problems.load();
        let disabled = disabled(&self.store).await?;
        let mut list = RuleList::new(&self.rules.load(), &disabled, failed);
        list.mask(key.0.masking());
        Ok(Json(list))
    }

    /// Show a rule
    ///
    /// One rule in force, with its source. Without the scope `personal`, mail addresses in it are masked.
    #[oai(
        path = "/rules/:type/:name",
        method = "get",
        operation_id = "show_rule",
        tag = "Tag::Rules"
    )]
    async fn show_rule(
        &self,
        key: Allowed<Read>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<NamePart>>,
        /// The second part of the rule's name.
        name: Path<Text<NamePart>>,
    ) -> Result<Json<RuleBody>, Refused<ShowRefusals>> {
        let set = self.rules.load();
        let rule = named(&set, &folder.0.0.0, &name.0.0.0)?;
        let disabled = disabled(&self.store).await?;
        let mut body = RuleBody::with_source(rule, &set, &disabled);
        body.mask(key.0.masking());
        Ok(Json(body))
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
        key: Allowed<Read>,
        /// The source, and where it would stand.
        body: Json<CandidateRule>,
    ) -> Result<Json<CheckedRule>, Refused<CheckRefusals>> {
        let (engine, set) = (self.engine.clone(), self.rules.load());
        // Compiling takes milliseconds of a processor.
        let checking = self.checks.work(move || check(&engine, &set, body.0));
        match checking.await {
            Some(Ok(mut checked)) => {
                // What is said of it may stand in a file of the set in force.
                checked.mask(key.0.masking());
                Ok(Json(checked))
            }
            _ => Err(Refused::new(Code::Internal, "the checker failed")),
        }
    }
}
