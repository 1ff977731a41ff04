//! What operators are told: troubles, whether they are over, and when they were told.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Written out, since the builder knows no partial indexes.
const ALERT_INDEXES: [&str; 2] = [
    // A trouble is raised once, whichever node sees it first.
    "CREATE UNIQUE INDEX alerts_raised ON alerts (kind, about) WHERE resolved_at IS NULL",
    // What is to be told.
    "CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(alerts()).await?;
        for index in ALERT_INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

fn alerts() -> TableCreateStatement {
    Table::create()
        .table("alerts")
        .col(uuid("id").primary_key())
        .col(text("kind"))
        // Which rule, endpoint or kind of send; empty for the whole installation.
        .col(text("about"))
        // How many things are affected.
        .col(big_integer("number"))
        .col(text("detail"))
        .col(big_integer("raised_at"))
        .col(big_integer("seen_at"))
        .col(big_integer_null("resolved_at"))
        // When it is told next; none once there is nothing to tell.
        .col(big_integer_null("due_at"))
        // When it was told last, and what number it had then.
        .col(big_integer_null("told_at"))
        .col(big_integer("told_number"))
        // Attempts that have failed since, and why the last did.
        .col(integer("attempts"))
        .col(text_null("error"))
        .to_owned()
}
