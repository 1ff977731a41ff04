//! What an operator has stopped: of one rule, or of all (`rule` empty).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stops = Table::create()
            .table("stops")
            .col(text("rule"))
            // `everything`, `sends` or `new_runs`.
            .col(text("what"))
            .col(big_integer("since"))
            .primary_key(Index::create().col("rule").col("what"))
            .to_owned();
        manager.create_table(stops).await
    }
}
