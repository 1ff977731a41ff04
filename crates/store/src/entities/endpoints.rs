//! Endpoints that messages are forwarded to. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "endpoints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub url: String,
    pub description: String,
    pub types: String,
    pub origins: String,
    pub state: String,
    pub reason: Option<String>,
    pub rate: Option<i32>,
    pub created_at: i64,
    pub updated_at: i64,
    pub failing_since: Option<i64>,
    pub paused_at: Option<i64>,
    pub former_secret_until: Option<i64>,
    pub deleted_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
