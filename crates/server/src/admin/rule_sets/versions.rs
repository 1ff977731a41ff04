//! The versions of one rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use cuebook_core::Timestamp;
use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_rules::ActiveRules;
use cuebook_store::{RuleVersionRow, Store};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use super::difference::{ChangedFile, difference};
use super::hash::Hash;
use crate::admin::rules::rule_name;
use crate::admin::sample;
use crate::admin::tag::Tag;
use crate::admin::value::{NamePart, Text};
use crate::auth::{Allowed, Read};
use crate::problem::{Refused, refusals};

/// So many versions are listed, the newest.
const LISTED: u64 = 100;

refusals! {
    /// `GET /rules/{type}/{name}/versions`
    ListRefusals = [InvalidId, NotFound];
    /// `GET /rules/{type}/{name}/versions/{version}`
    ShowRefusals = [InvalidId, NotFound];
}

/// The versions of a rule, newest first.
#[derive(Debug, Object)]
#[oai(example)]
struct RuleVersions {
    /// At most the newest hundred.
    items: Vec<RuleVersionBody>,
    /// Always `null`.
    next_cursor: Option<String>,
}

/// A version of a rule.
#[derive(Debug, Object)]
#[oai(rename = "RuleVersion", example)]
struct RuleVersionBody {
    /// What names it: the hash of source, imports and templates.
    version: String,
    /// Whether it is in force.
    active: bool,
    /// When it was first stored.
    saved_at: Text<Timestamp>,
}

/// A version of a rule with its source.
#[derive(Debug, Object)]
#[oai(rename = "RuleVersionContent", example)]
struct RuleVersionContent {
    /// What names it.
    version: String,
    /// Whether it is in force.
    active: bool,
    /// Its source.
    source: Option<String>,
    /// What would change if it took the place of the version in force, in all the files that make it up.
    changes: Vec<ChangedFile>,
}

/// The operations on the versions of a rule.
pub(crate) struct RuleVersionsApi {
    /// Where they are.
    pub(crate) store: Store,
    /// What runs here.
    pub(crate) rules: Arc<ActiveRules>,
}

#[OpenApi]
impl RuleVersionsApi {
    /// List a rule's versions
    ///
    /// All versions that were ever in force, newest first; also of a rule that is no longer there.
    #[oai(
        path = "/rules/:type/:name/versions",
        method = "get",
        operation_id = "list_rule_versions",
        tag = "Tag::Rules"
    )]
    async fn list_rule_versions(
        &self,
        _key: Allowed<Read>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<NamePart>>,
        /// The second part of the rule's name.
        name: Path<Text<NamePart>>,
    ) -> Result<Json<RuleVersions>, Refused<ListRefusals>> {
        let rule = rule_name(&folder.0.0.0, &name.0.0.0)?;
        let rows = self.store.list_rule_versions(&rule, LISTED).await?;
        if rows.is_empty() {
            return Err(Refused::not_found("rule"));
        }
        let active = self.active(&rule);
        let items = rows
            .iter()
            .map(|row| RuleVersionBody::new(row, active.as_ref()))
            .collect();
        Ok(Json(RuleVersions {
            items,
            next_cursor: None,
        }))
    }

    /// Show a rule's version
    ///
    /// Its source, and what differs from the version in force. Without the scope `personal`, mail addresses are masked.
    #[oai(
        path = "/rules/:type/:name/versions/:version",
        method = "get",
        operation_id = "show_rule_version",
        tag = "Tag::Rules"
    )]
    async fn show_rule_version(
        &self,
        key: Allowed<Read>,
        /// The event type, `any`, `manual` or `schedule`: the first part of the rule's name.
        #[oai(name = "type")]
        folder: Path<Text<NamePart>>,
        /// The second part of the rule's name.
        name: Path<Text<NamePart>>,
        /// The version's hash.
        version: Path<Text<Hash>>,
    ) -> Result<Json<RuleVersionContent>, Refused<ShowRefusals>> {
        let rule = rule_name(&folder.0.0.0, &name.0.0.0)?;
        let version = VersionHash(version.0.0.0);
        let stored = self.store.rule_files(&version).await?;
        let Some(stored) = stored.filter(|stored| stored.rule == rule) else {
            return Err(Refused::not_found("version of the rule"));
        };
        let active = self.active(&rule);
        let before = match &active {
            Some(active) => self.store.rule_files(active).await?,
            None => None,
        };
        let before = before.map_or_else(BTreeMap::new, |before| before.files);
        let masking = key.0.masking();
        let source = stored.files.get(&format!("{rule}.rhai"));
        let source = source.and_then(|bytes| String::from_utf8(bytes.clone()).ok());
        Ok(Json(RuleVersionContent {
            active: active.as_ref() == Some(&version),
            version: version.to_string(),
            source: masking.optional(source),
            changes: difference(&before, &stored.files, masking),
        }))
    }
}

impl RuleVersionsApi {
    fn active(&self, rule: &RuleName) -> Option<VersionHash> {
        let set = self.rules.load();
        set.rules.get(rule).map(|rule| rule.version.clone())
    }
}

impl RuleVersionBody {
    fn new(row: &RuleVersionRow, active: Option<&VersionHash>) -> Self {
        Self {
            active: active == Some(&row.version),
            version: row.version.to_string(),
            saved_at: Text(row.saved_at),
        }
    }
}

impl Example for RuleVersionBody {
    fn example() -> Self {
        Self {
            version: "4f1b".repeat(16),
            active: true,
            saved_at: Text(sample::instant(0)),
        }
    }
}

impl Example for RuleVersions {
    fn example() -> Self {
        Self {
            items: vec![RuleVersionBody::example()],
            next_cursor: None,
        }
    }
}

impl Example for RuleVersionContent {
    fn example() -> Self {
        Self {
            version: "4f1b".repeat(16),
            active: true,
            source: Some("//! Says hello.\n\nlog::info(\"hello\");\n".to_owned()),
            changes: Vec::new(),
        }
    }
}
