//! When rules on a timetable are due. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timetables")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule: String,
    pub timetable: String,
    pub next_at: i64,
    pub last_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
