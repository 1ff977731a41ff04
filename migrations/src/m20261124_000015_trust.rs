//! How far each event is believed, and the events that Ticketpark is asked about before their rules run.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let trust = Table::alter()
            .table("events")
            // `token`, `confirmed` or `unconfirmed`.
            .add_column(text("trust").default("token"))
            .to_owned();
        manager.alter_table(trust).await?;
        // What waits for Ticketpark's answer or for a person: few of many.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX events_open ON events (id) WHERE disposition IN ('confirming', 'held')",
            )
            .await?;
        let confirmations = Table::create()
            .table("confirmations")
            .col(uuid("event_id").primary_key())
            .col(text("account"))
            .col(text_null("subject"))
            .col(big_integer("due_at"))
            // Until then somebody is asking.
            .col(big_integer_null("leased_until"))
            .col(integer("attempts"))
            // Why the last attempt told nothing.
            .col(text_null("problem"))
            .foreign_key(
                ForeignKey::create()
                    .from("confirmations", "event_id")
                    .to("events", "id"),
            )
            .to_owned();
        manager.create_table(confirmations).await?;
        let by_subject = Index::create()
            .name("confirmations_by_subject")
            .table("confirmations")
            .col("subject")
            .col("event_id")
            .to_owned();
        manager.create_index(by_subject).await?;
        let due = Index::create()
            .name("confirmations_due")
            .table("confirmations")
            .col("due_at")
            .to_owned();
        manager.create_index(due).await
    }
}
