//! The steps of runs' journals. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "steps")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub path: String,
    pub function: String,
    pub digest: String,
    pub kind: String,
    pub wake_at: Option<i64>,
    pub line: Option<i32>,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub attempts: i32,
    pub threw: Option<bool>,
    pub arguments: Vec<u8>,
    pub answer: Option<Vec<u8>>,
    pub event_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
