//! Requests about one person's data.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "privacy_requests")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub dry_run: bool,
    pub state: String,
    pub error: Option<String>,
    pub terms: Vec<u8>,
    pub followed: Vec<u8>,
    pub pass: i32,
    pub stage: String,
    pub after: Option<Uuid>,
    pub searched: i64,
    pub loose: Vec<u8>,
    pub counts: Option<Vec<u8>>,
    pub cleaned: Option<String>,
    pub requested_by: Option<String>,
    pub cutoff: i64,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub holder: Option<Uuid>,
    pub seen_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
