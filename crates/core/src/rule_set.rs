//! A set of rules as it is kept: files, and which of them make up which version of which rule.

use std::collections::BTreeMap;

use crate::rule::{RuleName, VersionHash};

/// A set of rules as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRuleSet {
    /// What names the set.
    pub hash: String,
    /// All files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The rules, each with its version and the paths of the files that make it up.
    pub rules: Vec<(RuleName, VersionHash, Vec<String>)>,
}
