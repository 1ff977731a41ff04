//! Hook tokens, by their hashes. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hook_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    pub account: String,
    pub name: String,
    pub created_at: i64,
    pub retired_at: Option<i64>,
    pub last_used_at: Option<i64>,
    pub retired_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
