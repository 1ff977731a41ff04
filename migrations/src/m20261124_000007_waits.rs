//! Waits for events: which events would end them, and which event a step was given.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, boolean, integer, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // At most one for each run: only the script itself waits, never a branch.
        let waits = Table::create()
            .table("waits")
            .col(uuid("run_id").primary_key())
            .col(integer("generation"))
            .col(text("path"))
            .col(text("account"))
            .col(text("subject"))
            .col(blob("types"))
            .col(blob("fields"))
            .col(big_integer("deadline"))
            .col(boolean("capture"))
            .foreign_key(
                ForeignKey::create()
                    .from("waits", "run_id")
                    .to("runs", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(waits).await?;
        // Which runs an accepted event could be for.
        let by_subject = Index::create()
            .name("waits_by_subject")
            .table("waits")
            .col("account")
            .col("subject")
            .to_owned();
        manager.create_index(by_subject).await?;
        let given = Table::alter()
            .table("steps")
            .add_column(uuid_null("event_id"))
            .to_owned();
        manager.alter_table(given).await
    }
}
