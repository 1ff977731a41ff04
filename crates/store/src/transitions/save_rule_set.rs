//! Stores a rule set and makes it the active one. Files are named by their content and stored once; versions stay as
//! long as the database, since runs are pinned to them.
//!
//! If the process dies before the commit, the former set is still the active one.

use std::collections::{BTreeMap, BTreeSet};

use cuebook_core::clock::to_micros;
use cuebook_core::rule::RuleName;
use cuebook_core::rule_set::StoredRuleSet;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::audit::{Change, Target};
use crate::entities::{
    rule_files, rule_set_files, rule_set_rules, rule_sets, rule_version_files, rule_versions,
};
use crate::error::StoreError;
use crate::statements::insert_missing;
use crate::store::Store;
use crate::writer::{Applied, Order, Transition, Tx};

/// The files of one rule version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVersion {
    /// The rule.
    pub rule: RuleName,
    /// Its files by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Store {
    /// Stores the set and makes it the active one. Nothing changes if it is that already.
    pub async fn save_rule_set(&self, set: StoredRuleSet) -> Result<(), StoreError> {
        for (rule, _, paths) in &set.rules {
            if let Some(path) = paths.iter().find(|path| !set.files.contains_key(*path)) {
                return Err(StoreError::Invalid(format!(
                    "{rule} is made up of {path}, which is no file of the set"
                )));
            }
        }
        self.change(set).await
    }
}

impl Transition for StoredRuleSet {
    type Output = ();
    const ORDER: Order = Order::Admin;

    async fn apply(batch: &[Self], tx: &Tx<'_>) -> Applied<()> {
        for set in batch {
            save(tx, set).await?;
        }
        Ok(batch.iter().map(|_| Ok(())).collect())
    }
}

impl Change for StoredRuleSet {
    fn target(&self) -> Target {
        Target::new("rule_set", &self.hash)
    }

    async fn picture(&self, tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
        in_force(tx).await
    }
}

/// The set in force, with the versions of its rules.
pub(super) async fn in_force(tx: &Tx<'_>) -> Result<Option<Json>, StoreError> {
    let active = rule_sets::Entity::find()
        .filter(rule_sets::Column::Active.eq(true))
        .one(tx.db)
        .await?;
    let Some(active) = active else {
        return Ok(None);
    };
    let rules = rule_set_rules::Entity::find()
        .filter(rule_set_rules::Column::SetHash.eq(active.hash.as_str()))
        .all(tx.db)
        .await?;
    let versions: BTreeMap<String, String> = rules
        .into_iter()
        .map(|row| (row.rule, row.version_hash))
        .collect();
    Ok(Some(json!({"in_force": active.hash, "rules": versions})))
}

async fn save(tx: &Tx<'_>, set: &StoredRuleSet) -> Result<(), StoreError> {
    let now = to_micros(tx.now);
    let hashes: BTreeMap<&str, String> = set
        .files
        .iter()
        .map(|(path, content)| (path.as_str(), hex::encode(Sha256::digest(content))))
        .collect();
    insert_missing(tx, files(set, &hashes)).await?;
    insert_missing(
        tx,
        vec![rule_sets::Model {
            hash: set.hash.clone(),
            active: false,
            saved_at: now,
        }],
    )
    .await?;
    insert_missing(tx, versions(set, now)).await?;
    insert_missing(
        tx,
        hashes
            .iter()
            .map(|(path, hash)| rule_set_files::Model {
                set_hash: set.hash.clone(),
                path: (*path).to_owned(),
                file_hash: hash.clone(),
            })
            .collect(),
    )
    .await?;
    insert_missing(tx, version_files(set, &hashes)).await?;
    insert_missing(tx, set_rules(set)).await?;
    activate(tx, &set.hash).await
}

fn files(set: &StoredRuleSet, hashes: &BTreeMap<&str, String>) -> Vec<rule_files::Model> {
    let mut seen = BTreeSet::new();
    set.files
        .iter()
        .filter_map(|(path, content)| {
            let hash = hashes.get(path.as_str())?;
            seen.insert(hash).then(|| rule_files::Model {
                hash: hash.clone(),
                content: content.clone(),
            })
        })
        .collect()
}

fn versions(set: &StoredRuleSet, now: i64) -> Vec<rule_versions::Model> {
    set.rules
        .iter()
        .map(|(rule, version, _)| rule_versions::Model {
            hash: version.0.clone(),
            rule: rule.to_string(),
            saved_at: now,
        })
        .collect()
}

fn version_files(
    set: &StoredRuleSet,
    hashes: &BTreeMap<&str, String>,
) -> Vec<rule_version_files::Model> {
    set.rules
        .iter()
        .flat_map(|(_, version, paths)| paths.iter().map(move |path| (version, path)))
        .filter_map(|(version, path)| {
            Some(rule_version_files::Model {
                version_hash: version.0.clone(),
                path: path.clone(),
                file_hash: hashes.get(path.as_str())?.clone(),
            })
        })
        .collect()
}

fn set_rules(set: &StoredRuleSet) -> Vec<rule_set_rules::Model> {
    set.rules
        .iter()
        .map(|(rule, version, _)| rule_set_rules::Model {
            set_hash: set.hash.clone(),
            rule: rule.to_string(),
            version_hash: version.0.clone(),
        })
        .collect()
}

pub(super) async fn activate(tx: &Tx<'_>, hash: &str) -> Result<(), StoreError> {
    let is_it = Expr::col(rule_sets::Column::Hash).eq(hash);
    rule_sets::Entity::update_many()
        .col_expr(rule_sets::Column::Active, is_it)
        .filter(
            rule_sets::Column::Active
                .eq(true)
                .or(rule_sets::Column::Hash.eq(hash)),
        )
        .exec(tx.db)
        .await?;
    tx.ready.rules();
    Ok(())
}
