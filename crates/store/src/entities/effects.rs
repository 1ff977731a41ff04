//! The ledger. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "effects")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub kind: String,
    pub state: String,
    pub target: String,
    pub key: String,
    pub run_id: Option<Uuid>,
    pub event_id: Uuid,
    pub rule: String,
    pub path: String,
    pub attempts: i32,
    pub created_at: i64,
    pub due_at: Option<i64>,
    pub claimed_at: Option<i64>,
    pub settled_at: Option<i64>,
    pub fence: i64,
    pub holder: Option<Uuid>,
    pub endpoint_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
