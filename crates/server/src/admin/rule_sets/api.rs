//! The operations on rule sets.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::rule_set::StoredRuleSet;
use cuebook_rules::{ActiveRules, RuleFiles, RuleSet};
use cuebook_store::{Store, StoreError};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::deploy::{Checker, NewRuleSet};
use super::difference::difference;
use super::hash::Hash;
use super::view::{RuleSetBody, RuleSetContent, RuleSetPage};
use crate::admin::page::Limit;
use crate::admin::tag::Tag;
use crate::admin::value::Text;
use crate::auth::{Admin, Allowed, Masking, Read};
use crate::problem::{Code, Refusals, Refused, refusals};
use crate::rule_problems::RuleProblems;

refusals! {
    /// `GET /rule-sets`
    ListRefusals = [InvalidParameter];
    /// `GET /rule-sets/{hash}`
    ShowRefusals = [InvalidId, NotFound];
    /// `PUT /rule-sets`
    PutRefusals = [InvalidBody, BrokenBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType, InvalidRules, RulesFromFolder];
    /// `POST /rule-sets/{hash}/activate`
    ActivateRefusals = [InvalidId, NotFound, InvalidRules, RulesFromFolder];
}

/// The operations on rule sets.
pub(crate) struct RuleSetsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// What runs here.
    pub(crate) rules: Arc<ActiveRules>,
    /// The last set that could not be used.
    pub(crate) problems: Arc<RuleProblems>,
    /// Checks sets.
    pub(crate) checker: Checker,
    /// Whether the rules come from the folder: then nothing can be deployed.
    pub(crate) from_folder: bool,
}

#[OpenApi]
impl RuleSetsApi {
    /// List rule sets
    ///
    /// All sets that were ever in force, newest first.
    #[oai(
        path = "/rule-sets",
        method = "get",
        operation_id = "list_rule_sets",
        tag = "Tag::Rules"
    )]
    async fn list_rule_sets(
        &self,
        _key: Allowed<Read>,
        /// How many to answer.
        limit: Query<Option<Text<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Text<Hash>>>,
    ) -> Result<Json<RuleSetPage>, Refused<ListRefusals>> {
        let size = Limit::or_default(limit.0);
        let after = cursor.0.map(|cursor| cursor.0.0);
        let mut rows = self
            .store
            .list_rule_sets(size as u64 + 1, after.as_deref())
            .await?;
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().filter(|_| more);
        Ok(Json(RuleSetPage {
            next_cursor: last.map(|row| Text(Hash(row.hash.clone()))),
            items: rows.into_iter().map(RuleSetBody::new).collect(),
        }))
    }

    /// Show a rule set
    ///
    /// Its rules and files, and what would change if it took the place of the set in force. Without the scope `personal`,
    /// mail addresses in the changes are masked.
    #[oai(
        path = "/rule-sets/:hash",
        method = "get",
        operation_id = "show_rule_set",
        tag = "Tag::Rules"
    )]
    async fn show_rule_set(
        &self,
        key: Allowed<Read>,
        /// The set's hash.
        hash: Path<Text<Hash>>,
    ) -> Result<Json<RuleSetContent>, Refused<ShowRefusals>> {
        let set = self.stored(&hash.0.0.0).await?;
        let active = self.store.active_rule_set().await?;
        let is_active = active
            .as_ref()
            .is_some_and(|active| active.hash == set.hash);
        let before = active.map(|active| active.files).unwrap_or_default();
        let changes = difference(&before, &set.files, key.0.masking());
        Ok(Json(RuleSetContent::new(&set, is_active, changes)))
    }

    /// Deploy a rule set
    ///
    /// Checks a whole set and puts it in force on all nodes at once; nothing changes if it has errors. Runs that have begun
    /// go on with the version that they began with. Only where `rules_source` is `database`; at most 1 MiB.
    #[oai(
        path = "/rule-sets",
        method = "put",
        operation_id = "deploy_rule_set",
        tag = "Tag::Rules"
    )]
    async fn deploy_rule_set(
        &self,
        key: Allowed<Admin>,
        /// All files of the set.
        body: Json<NewRuleSet>,
    ) -> Result<Json<RuleSetContent>, Refused<PutRefusals>> {
        self.refuse_beside_folder()?;
        let files = body.0.into_files()?;
        let set = self.checker.check(files).await?;
        let before = self.files_in_force().await?;
        let stored = set.stored();
        key.0
            .store(&self.store)
            .save_rule_set(stored.clone())
            .await?;
        tracing::info!(rules = set.rules.len(), hash = %set.hash, "a rule set was deployed");
        Ok(self.put_in_force(set, &before, &stored, key.0.masking()))
    }

    /// Activate a former rule set
    ///
    /// Puts a set that is stored in force again, on all nodes at once. Only where `rules_source` is `database`.
    #[oai(
        path = "/rule-sets/:hash/activate",
        method = "post",
        operation_id = "activate_rule_set",
        tag = "Tag::Rules"
    )]
    async fn activate_rule_set(
        &self,
        key: Allowed<Admin>,
        /// The set's hash.
        hash: Path<Text<Hash>>,
    ) -> Result<Json<RuleSetContent>, Refused<ActivateRefusals>> {
        self.refuse_beside_folder()?;
        let stored: StoredRuleSet = self.stored(&hash.0.0.0).await?;
        // What an earlier version let in may have errors for this one.
        let set = self.checker.check(RuleFiles(stored.files.clone())).await?;
        let before = self.files_in_force().await?;
        let store = key.0.store(&self.store);
        if !store.activate_rule_set(&stored.hash).await? {
            return Err(Refused::not_found("rule set"));
        }
        tracing::info!(rules = set.rules.len(), hash = %stored.hash, "a former rule set is in force again");
        Ok(self.put_in_force(set, &before, &stored, key.0.masking()))
    }
}

impl RuleSetsApi {
    async fn files_in_force(&self) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let active = self.store.active_rule_set().await?;
        Ok(active.map(|active| active.files).unwrap_or_default())
    }

    /// Runs here what is active in the database now, and shows what has changed.
    fn put_in_force(
        &self,
        set: RuleSet,
        before: &BTreeMap<String, Vec<u8>>,
        stored: &StoredRuleSet,
        masking: Masking,
    ) -> Json<RuleSetContent> {
        self.rules.swap(set);
        self.problems.solved();
        let changes = difference(before, &stored.files, masking);
        Json(RuleSetContent::new(stored, true, changes))
    }

    async fn stored<R: Refusals>(&self, hash: &str) -> Result<StoredRuleSet, Refused<R>> {
        let found = self.store.rule_set(hash).await?;
        found.ok_or_else(|| Refused::not_found("rule set"))
    }

    #[expect(
        clippy::result_large_err,
        reason = "a refusal is made once and answered at once"
    )]
    fn refuse_beside_folder<R: Refusals>(&self) -> Result<(), Refused<R>> {
        if self.from_folder {
            return Err(Refused::new(
                Code::RulesFromFolder,
                "the rules come from this server's folder: change the files there, or set `rules_source` to `database`",
            ));
        }
        Ok(())
    }
}
