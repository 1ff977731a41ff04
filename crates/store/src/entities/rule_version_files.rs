//! Which file stands at which path of a rule version. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_version_files")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_hash: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub path: String,
    pub file_hash: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
