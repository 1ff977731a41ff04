//! Replays of many events. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "replays")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub state: String,
    pub ended_because: Option<String>,
    pub selection: Vec<u8>,
    pub rule: Option<String>,
    pub version: String,
    pub perform: bool,
    pub reason: Option<String>,
    pub key_id: String,
    pub total: i64,
    pub replayed: i64,
    pub skipped: i64,
    pub created_at: i64,
    pub ended_at: Option<i64>,
    pub position: Option<Uuid>,
    pub newest: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
