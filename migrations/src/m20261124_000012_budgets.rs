//! How many mails a rule has sent lately.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Written out, since the builder knows no partial indexes.
const MAILS: &str = "CREATE INDEX effects_mails ON effects (rule, created_at) \
     WHERE kind = 'email::send' AND state NOT IN ('held', 'captured', 'discarded')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(MAILS).await?;
        Ok(())
    }
}
