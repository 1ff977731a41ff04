//! The rule sets and rule versions that were ever in force, newest first.

use cuebook_core::Timestamp;
use cuebook_core::clock::from_micros;
use cuebook_core::rule::{RuleName, VersionHash};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::entities::{rule_set_rules, rule_sets, rule_versions};
use crate::error::StoreError;
use crate::store::Store;

/// A rule set among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetRow {
    /// What names it.
    pub hash: String,
    /// Whether it is the active one.
    pub active: bool,
    /// When it was first stored.
    pub saved_at: Timestamp,
    /// How many rules it has.
    pub rules: u64,
}

/// A version of a rule among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersionRow {
    /// What names it.
    pub version: VersionHash,
    /// When it was first stored.
    pub saved_at: Timestamp,
}

impl Store {
    /// At most `limit` rule sets, the newest first, after the one with the hash `after`.
    pub async fn list_rule_sets(
        &self,
        limit: u64,
        after: Option<&str>,
    ) -> Result<Vec<RuleSetRow>, StoreError> {
        let db = self.readers();
        let mut select = rule_sets::Entity::find()
            .order_by_desc(rule_sets::Column::SavedAt)
            .order_by_desc(rule_sets::Column::Hash)
            .limit(limit);
        if let Some(after) = after {
            let before = rule_sets::Entity::find_by_id(after.to_owned())
                .one(db)
                .await?;
            let Some(before) = before else {
                return Ok(Vec::new());
            };
            select = select.filter(
                Condition::any()
                    .add(rule_sets::Column::SavedAt.lt(before.saved_at))
                    .add(
                        rule_sets::Column::SavedAt
                            .eq(before.saved_at)
                            .and(rule_sets::Column::Hash.lt(before.hash)),
                    ),
            );
        }
        let mut sets = Vec::new();
        for row in select.all(db).await? {
            let rules = rule_set_rules::Entity::find()
                .filter(rule_set_rules::Column::SetHash.eq(row.hash.as_str()))
                .count(db)
                .await?;
            sets.push(RuleSetRow {
                active: row.active,
                saved_at: from_micros(row.saved_at),
                rules,
                hash: row.hash,
            });
        }
        Ok(sets)
    }

    /// At most `limit` versions of `rule`, the newest first.
    pub async fn list_rule_versions(
        &self,
        rule: &RuleName,
        limit: u64,
    ) -> Result<Vec<RuleVersionRow>, StoreError> {
        let rows = rule_versions::Entity::find()
            .filter(rule_versions::Column::Rule.eq(rule.as_str()))
            .order_by_desc(rule_versions::Column::SavedAt)
            .order_by_desc(rule_versions::Column::Hash)
            .limit(limit)
            .all(self.readers())
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| RuleVersionRow {
                version: VersionHash(row.hash),
                saved_at: from_micros(row.saved_at),
            })
            .collect())
    }
}
