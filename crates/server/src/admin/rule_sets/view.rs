//! Rule sets as the API shows them.

use cuebook_core::Timestamp;
use cuebook_core::rule_set::StoredRuleSet;
use cuebook_store::RuleSetRow;
use poem_openapi::Object;
use poem_openapi::types::Example;

use super::difference::ChangedFile;
use super::hash::Hash;
use crate::admin::sample;
use crate::admin::value::Text;

/// A rule set among others.
#[derive(Debug, Object)]
#[oai(rename = "RuleSet", example)]
pub(crate) struct RuleSetBody {
    /// What names it: the hash of all its files.
    pub(crate) hash: String,
    /// Whether it is in force.
    pub(crate) active: bool,
    /// When it was first stored.
    pub(crate) saved_at: Text<Timestamp>,
    /// How many rules it has.
    pub(crate) rules: u64,
}

/// Rule sets, newest first.
#[derive(Debug, Object)]
#[oai(example)]
pub(crate) struct RuleSetPage {
    /// The sets.
    pub(crate) items: Vec<RuleSetBody>,
    /// The cursor of what follows, if anything does.
    pub(crate) next_cursor: Option<Text<Hash>>,
}

/// A rule set with what it holds, and what differs from the set in force.
#[derive(Debug, Object)]
#[oai(rename = "RuleSetContent", example)]
pub(crate) struct RuleSetContent {
    /// What names it: the hash of all its files.
    pub(crate) hash: String,
    /// Whether it is in force.
    pub(crate) active: bool,
    /// Its rules by name.
    rules: Vec<VersionBody>,
    /// The paths of its files.
    files: Vec<String>,
    /// What would change if this set took the place of the one in force.
    pub(crate) changes: Vec<ChangedFile>,
}

/// A rule of a set.
#[derive(Debug, Object)]
#[oai(rename = "RuleInSet")]
struct VersionBody {
    /// The rule's name.
    rule: String,
    /// Its version in this set.
    version: String,
}

impl RuleSetBody {
    /// A row of the list.
    pub(crate) fn new(row: RuleSetRow) -> Self {
        Self {
            hash: row.hash,
            active: row.active,
            saved_at: Text(row.saved_at),
            rules: row.rules,
        }
    }
}

impl RuleSetContent {
    /// What `set` holds.
    pub(crate) fn new(set: &StoredRuleSet, active: bool, changes: Vec<ChangedFile>) -> Self {
        let rules = set.rules.iter().map(|(rule, version, _)| VersionBody {
            rule: rule.to_string(),
            version: version.to_string(),
        });
        Self {
            hash: set.hash.clone(),
            active,
            rules: rules.collect(),
            files: set.files.keys().cloned().collect(),
            changes,
        }
    }
}

impl Example for RuleSetBody {
    fn example() -> Self {
        Self {
            hash: "9f2c".repeat(16),
            active: true,
            saved_at: Text(sample::instant(0)),
            rules: 7,
        }
    }
}

impl Example for RuleSetPage {
    fn example() -> Self {
        Self {
            items: vec![RuleSetBody::example()],
            next_cursor: None,
        }
    }
}

impl Example for RuleSetContent {
    fn example() -> Self {
        Self {
            hash: "9f2c".repeat(16),
            active: true,
            rules: vec![VersionBody {
                rule: "new-booking/thank-you".to_owned(),
                version: "4f1b".repeat(16),
            }],
            files: vec!["new-booking/thank-you.rhai".to_owned()],
            changes: Vec::new(),
        }
    }
}
