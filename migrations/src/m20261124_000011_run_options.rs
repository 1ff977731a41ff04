//! What a rule's head says about its runs and others have to see: which events end them, and from when their time counts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, boolean, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Written out, since the builder knows no partial indexes.
const INDEXES: [&str; 3] = [
    // What an event of the same subject may end.
    "CREATE INDEX runs_cancellable ON runs (subject) \
     WHERE cancel_on IS NOT NULL AND state IN ('ready', 'running', 'waiting')",
    // What has been ended while it was running, and is to stop at its next wait.
    "CREATE INDEX runs_cancelled_by ON runs (id) WHERE cancelled_by IS NOT NULL",
    // What the next event of a burst takes the place of.
    "CREATE INDEX runs_debounced ON runs (subject) WHERE state = 'waiting' AND code = 'debounce'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in [
            boolean("captured").default(false).take(),
            text_null("cancel_on"),
            text_null("cancelled_by"),
            big_integer_null("begun_at"),
        ] {
            let table = Table::alter().table("runs").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}
