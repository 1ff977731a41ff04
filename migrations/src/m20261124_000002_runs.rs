//! Runs, and what belongs to one: the steps of its journal and the lines that it logged.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean_null, integer, integer_null, text,
    text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(runs()).await?;
        manager.create_table(steps()).await?;
        manager.create_table(logs()).await?;
        for index in RUN_INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// Written out, since the builder knows no partial indexes.
const RUN_INDEXES: [&str; 8] = [
    // At most one run per event and rule; also finds the runs of an event.
    "CREATE UNIQUE INDEX runs_by_event_and_rule ON runs (event_id, rule)",
    // What may be claimed, oldest first.
    "CREATE INDEX runs_ready ON runs (queue_key) WHERE state = 'ready'",
    // What a process held when it died, and may have killed it.
    "CREATE INDEX runs_suspected ON runs (claims DESC, queue_key) WHERE state = 'ready' AND claims > 0",
    // Who stands before a run in its lane.
    "CREATE INDEX runs_in_lane ON runs (lane, queue_key) \
     WHERE lane IS NOT NULL AND state IN ('ready', 'running')",
    // At most one running run in a lane, whoever claims (NULLs do not clash); also finds what is running.
    "CREATE UNIQUE INDEX runs_running ON runs (lane) WHERE state = 'running'",
    // What is due to wake.
    "CREATE INDEX runs_waiting ON runs (wake_at) WHERE state = 'waiting'",
    // What an operator looks for first.
    "CREATE INDEX runs_failed ON runs (id) WHERE state = 'failed'",
    "CREATE INDEX runs_blocked ON runs (id) WHERE state = 'blocked'",
];

fn runs() -> TableCreateStatement {
    Table::create()
        .table("runs")
        .col(uuid("id").primary_key())
        .col(uuid("event_id"))
        .col(text("account"))
        .col(text("rule"))
        .col(text_null("rule_version"))
        .col(text("state"))
        .col(text_null("code"))
        .col(text_null("reason"))
        .col(text_null("subject"))
        .col(text_null("lane"))
        .col(uuid("queue_key"))
        .col(integer("generation"))
        .col(big_integer("fence"))
        .col(integer("claims"))
        .col(uuid_null("holder"))
        .col(big_integer("created_at"))
        .col(big_integer_null("started_at"))
        .col(big_integer_null("ended_at"))
        .col(big_integer_null("wake_at"))
        .foreign_key(
            ForeignKey::create()
                .from("runs", "event_id")
                .to("events", "id"),
        )
        .to_owned()
}

fn steps() -> TableCreateStatement {
    Table::create()
        .table("steps")
        .col(uuid("run_id"))
        .col(integer("generation"))
        .col(text("path"))
        .col(text("function"))
        .col(text("digest"))
        .col(text("kind"))
        .col(big_integer_null("wake_at"))
        .col(integer_null("line"))
        .col(big_integer("started_at"))
        .col(big_integer_null("ended_at"))
        .col(integer("attempts"))
        .col(boolean_null("threw"))
        .col(blob("arguments"))
        .col(blob_null("answer"))
        .primary_key(Index::create().col("run_id").col("generation").col("path"))
        .foreign_key(
            ForeignKey::create()
                .from("steps", "run_id")
                .to("runs", "id"),
        )
        .to_owned()
}

fn logs() -> TableCreateStatement {
    Table::create()
        .table("logs")
        .col(uuid("run_id"))
        .col(integer("generation"))
        .col(text("key"))
        .col(text("level"))
        .col(text("message"))
        .col(blob("fields"))
        .col(big_integer("at"))
        .col(integer_null("line"))
        .primary_key(Index::create().col("run_id").col("generation").col("key"))
        .foreign_key(ForeignKey::create().from("logs", "run_id").to("runs", "id"))
        .to_owned()
}
