//! Emitted events know the event that they all come of, so that it can be counted how many there are.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::uuid_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Written out, since the builder knows no partial indexes.
const BY_ROOT: &str = "CREATE INDEX events_by_root ON events (root) WHERE root IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let root = Table::alter()
            .table("events")
            .add_column(uuid_null("root"))
            .to_owned();
        manager.alter_table(root).await?;
        manager.get_connection().execute_unprepared(BY_ROOT).await?;
        Ok(())
    }
}
