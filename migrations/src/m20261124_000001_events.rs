//! Events: every message that was accepted, whole.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, boolean, integer, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let events = Table::create()
            .table("events")
            .col(uuid("id").primary_key())
            .col(text("account"))
            .col(text_null("event_type"))
            .col(text_null("wire_type"))
            .col(text_null("subject"))
            .col(text("origin"))
            .col(big_integer("received_at"))
            .col(boolean("capture"))
            .col(uuid_null("parent"))
            .col(integer("depth"))
            // `queued`, `no_rule` or `rejected`; the rest of an event's state follows from its runs.
            .col(text("disposition"))
            .col(text_null("reason"))
            .col(blob("headers"))
            // Last, so that reading the other columns touches no overflow page.
            .col(blob("body"))
            .to_owned();
        manager.create_table(events).await?;
        // Lists by subject, newest first.
        let by_subject = Index::create()
            .name("events_by_subject")
            .table("events")
            .col("subject")
            .col("id")
            .to_owned();
        manager.create_index(by_subject).await
    }
}
