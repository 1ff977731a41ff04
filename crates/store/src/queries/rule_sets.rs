//! Rule sets and versions.

use std::collections::BTreeMap;

use cuebook_core::rule::{RuleName, VersionHash};
use cuebook_core::rule_set::StoredRuleSet;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::entities::{
    rule_files, rule_set_files, rule_set_rules, rule_sets, rule_version_files, rule_versions,
};
use crate::error::StoreError;
use crate::store::Store;
use crate::transitions::StoredVersion;

impl Store {
    /// The active rule set; none before the first was saved.
    pub async fn active_rule_set(&self) -> Result<Option<StoredRuleSet>, StoreError> {
        match self.active_rule_set_hash().await? {
            Some(hash) => self.rule_set(&hash).await,
            None => Ok(None),
        }
    }

    /// What names the active rule set; none before the first was saved.
    pub async fn active_rule_set_hash(&self) -> Result<Option<String>, StoreError> {
        let active = rule_sets::Entity::find()
            .filter(rule_sets::Column::Active.eq(true))
            .one(self.readers())
            .await?;
        Ok(active.map(|set| set.hash))
    }

    /// The version of `rule` in the active set; none where that has no such rule.
    pub async fn active_rule_version(
        &self,
        rule: &RuleName,
    ) -> Result<Option<VersionHash>, StoreError> {
        let active = Query::select()
            .column(rule_sets::Column::Hash)
            .from(rule_sets::Entity)
            .and_where(rule_sets::Column::Active.eq(true))
            .to_owned();
        let found = rule_set_rules::Entity::find()
            .filter(rule_set_rules::Column::SetHash.in_subquery(active))
            .filter(rule_set_rules::Column::Rule.eq(rule.as_str()))
            .one(self.readers())
            .await?;
        Ok(found.map(|row| VersionHash(row.version_hash)))
    }

    /// The set with this hash.
    pub async fn rule_set(&self, hash: &str) -> Result<Option<StoredRuleSet>, StoreError> {
        let db = self.readers();
        let found = rule_sets::Entity::find_by_id(hash.to_owned())
            .one(db)
            .await?;
        let Some(set) = found else {
            return Ok(None);
        };
        let placed = rule_set_files::Entity::find()
            .filter(rule_set_files::Column::SetHash.eq(set.hash.as_str()))
            .all(db)
            .await?;
        let placed = placed.into_iter().map(|row| (row.path, row.file_hash));
        let files = contents(db, placed.collect()).await?;
        let rows = rule_set_rules::Entity::find()
            .filter(rule_set_rules::Column::SetHash.eq(set.hash.as_str()))
            .order_by_asc(rule_set_rules::Column::Rule)
            .all(db)
            .await?;
        let mut rules = Vec::with_capacity(rows.len());
        for row in rows {
            let paths = version_paths(db, &row.version_hash).await?;
            let rule = row
                .rule
                .parse()
                .map_err(|_| StoreError::unreadable("rule's name", row.rule))?;
            let paths = paths
                .into_keys()
                // A version may have been saved under another set, where it had the same files.
                .filter(|path| files.contains_key(path))
                .collect();
            rules.push((rule, VersionHash(row.version_hash), paths));
        }
        Ok(Some(StoredRuleSet {
            hash: set.hash,
            files,
            rules,
        }))
    }

    /// The files of a rule version, for runs that are pinned to it.
    pub async fn rule_files(
        &self,
        version: &VersionHash,
    ) -> Result<Option<StoredVersion>, StoreError> {
        version_files(self.readers(), version).await
    }
}

/// The files of a rule version, as `db` has them.
pub(crate) async fn version_files(
    db: &impl ConnectionTrait,
    version: &VersionHash,
) -> Result<Option<StoredVersion>, StoreError> {
    let found = rule_versions::Entity::find_by_id(version.0.clone())
        .one(db)
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let paths = version_paths(db, &version.0).await?;
    Ok(Some(StoredVersion {
        rule: found
            .rule
            .parse()
            .map_err(|_| StoreError::unreadable("rule's name", found.rule))?,
        files: contents(db, paths).await?,
    }))
}

async fn version_paths(
    db: &impl ConnectionTrait,
    version: &str,
) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = rule_version_files::Entity::find()
        .filter(rule_version_files::Column::VersionHash.eq(version))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.path, row.file_hash))
        .collect())
}

/// The contents of files, from path to hash.
async fn contents(
    db: &impl ConnectionTrait,
    placed: BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
    let rows = rule_files::Entity::find()
        .filter(rule_files::Column::Hash.is_in(placed.values().cloned()))
        .all(db)
        .await?;
    let by_hash: BTreeMap<String, Vec<u8>> = rows
        .into_iter()
        .map(|row| (row.hash, row.content))
        .collect();
    placed
        .into_iter()
        .map(|(path, hash)| match by_hash.get(&hash) {
            Some(content) => Ok((path, content.clone())),
            None => Err(StoreError::unreadable("rule file", path)),
        })
        .collect()
}
