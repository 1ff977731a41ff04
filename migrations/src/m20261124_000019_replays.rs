//! Replays of many events: what was asked for, how far it is, and what became of each event.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, boolean, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let replays = Table::create()
            .table("replays")
            .col(uuid("id").primary_key())
            .col(text("account"))
            // `running`, `completed`, `cancelled` or `failed`.
            .col(text("state"))
            .col(text_null("ended_because"))
            // JSON: a list of events, or a filter.
            .col(blob("selection"))
            .col(text_null("rule"))
            // `newest` or `original`.
            .col(text("version"))
            .col(boolean("perform"))
            .col(text_null("reason"))
            .col(text("key_id"))
            .col(big_integer("total"))
            .col(big_integer("replayed"))
            .col(big_integer("skipped"))
            .col(big_integer("created_at"))
            .col(big_integer_null("ended_at"))
            // The last event that was dealt with, and the last that is to be.
            .col(uuid_null("position"))
            .col(uuid_null("newest"))
            .to_owned();
        manager.create_table(replays).await?;
        let index = Index::create()
            .name("replays_by_state")
            .table("replays")
            .col("state")
            .to_owned();
        manager.create_index(index).await?;
        let replayed = Table::create()
            .table("replayed_events")
            .col(uuid("replay_id"))
            // The key decides that no event is replayed twice.
            .col(uuid("event_id"))
            .col(uuid("made_id"))
            .primary_key(Index::create().col("replay_id").col("event_id"))
            .to_owned();
        manager.create_table(replayed).await?;
        let index = Index::create()
            .name("replayed_events_made")
            .table("replayed_events")
            .col("replay_id")
            .col("made_id")
            .to_owned();
        manager.create_index(index).await
    }
}
