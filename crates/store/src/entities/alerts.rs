//! What operators are told. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alerts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub about: String,
    pub number: i64,
    pub detail: String,
    pub raised_at: i64,
    pub seen_at: i64,
    pub resolved_at: Option<i64>,
    pub due_at: Option<i64>,
    pub told_at: Option<i64>,
    pub told_number: i64,
    pub attempts: i32,
    pub error: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
