//! Reconciliations, and how far they have come. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub cause: String,
    pub state: String,
    pub reason: Option<String>,
    pub since: i64,
    pub until: i64,
    pub resource: Option<String>,
    pub looked: i64,
    pub known: i64,
    pub unchanged: i64,
    pub made: i64,
    pub held: i64,
    pub started_at: i64,
    pub ended_at: Option<i64>,
    pub holder: Option<Uuid>,
    pub leased_until: Option<i64>,
    pub fence: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
