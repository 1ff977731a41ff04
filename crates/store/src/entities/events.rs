//! Events: every message that was accepted, whole. Must not know what the rows mean beyond their columns.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: String,
    pub event_type: Option<String>,
    pub wire_type: Option<String>,
    pub subject: Option<String>,
    pub origin: String,
    pub received_at: i64,
    pub capture: bool,
    pub parent: Option<Uuid>,
    pub depth: i32,
    pub root: Option<Uuid>,
    pub disposition: String,
    pub reason: Option<String>,
    pub headers: Vec<u8>,
    pub body: Vec<u8>,
    pub trust: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
