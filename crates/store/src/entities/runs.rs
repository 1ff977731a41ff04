//! Runs. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "runs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub event_id: Uuid,
    pub account: String,
    pub rule: String,
    pub rule_version: Option<String>,
    pub state: String,
    pub code: Option<String>,
    pub reason: Option<String>,
    pub subject: Option<String>,
    pub lane: Option<String>,
    pub queue_key: Uuid,
    pub generation: i32,
    pub fence: i64,
    pub claims: i32,
    pub holder: Option<Uuid>,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub wake_at: Option<i64>,
    pub captured: bool,
    pub cancel_on: Option<String>,
    pub cancelled_by: Option<String>,
    pub begun_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
