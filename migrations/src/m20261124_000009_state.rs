//! What rules remember: values by key, and claims.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_null, boolean, text, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(state()).await?;
        manager.create_table(claims()).await?;
        for index in CLAIM_INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// Written out, since the builder knows no partial indexes.
const CLAIM_INDEXES: [&str; 2] = [
    // The claims of a run that fails.
    "CREATE INDEX claims_by_run ON claims (run_id)",
    // What has run out.
    "CREATE INDEX claims_expiring ON claims (expires_at) WHERE expires_at IS NOT NULL",
];

/// A whole number stands in `number`, so that it can be counted up in place; anything else in `value`. A scope without
/// rule or subject has an empty text there, since a part of a primary key is never null.
fn state() -> TableCreateStatement {
    Table::create()
        .table("state")
        .col(text("account"))
        .col(text("scope"))
        .col(text("rule"))
        .col(text("subject"))
        .col(boolean("captured"))
        .col(text("key"))
        .col(big_integer_null("number"))
        .col(blob_null("value"))
        .col(big_integer("updated_at"))
        .primary_key(
            Index::create()
                .col("account")
                .col("scope")
                .col("rule")
                .col("subject")
                .col("captured")
                .col("key"),
        )
        .to_owned()
}

fn claims() -> TableCreateStatement {
    Table::create()
        .table("claims")
        .col(text("account"))
        .col(text("rule"))
        .col(boolean("captured"))
        .col(text("key"))
        .col(uuid("run_id"))
        .col(big_integer("claimed_at"))
        .col(big_integer_null("expires_at"))
        .primary_key(
            Index::create()
                .col("account")
                .col("rule")
                .col("captured")
                .col("key"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("claims", "run_id")
                .to("runs", "id"),
        )
        .to_owned()
}
