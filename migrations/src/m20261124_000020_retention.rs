//! The events that were too young to be given up when it was their turn, and when they are looked at again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let later = Table::create()
            .table("retention_later")
            // `payloads` or `metadata`.
            .col(text("stage"))
            .col(uuid("event_id"))
            .col(big_integer("look_at"))
            .primary_key(Index::create().col("stage").col("event_id"))
            .to_owned();
        manager.create_table(later).await?;
        let due = Index::create()
            .name("retention_later_due")
            .table("retention_later")
            .col("stage")
            .col("look_at")
            .to_owned();
        manager.create_index(due).await
    }
}
