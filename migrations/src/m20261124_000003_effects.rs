//! The ledger: effects, what is sent (apart, so that lists stay light), and what was tried.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, integer, integer_null, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(effects()).await?;
        manager.create_table(bodies()).await?;
        manager.create_table(attempts()).await?;
        for index in EFFECT_INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// Written out, since the builder knows no partial indexes.
const EFFECT_INDEXES: [&str; 4] = [
    // The effects of a run.
    "CREATE INDEX effects_by_run ON effects (run_id)",
    // The outbox: what is to be sent, the longest due first; by its kind, mails that wait for a slow server are passed
    // over without being looked at. Calls that write have no `due_at`.
    "CREATE INDEX effects_outbox ON effects (due_at, id, kind) \
     WHERE state = 'pending' AND due_at IS NOT NULL",
    // What an operator looks for first.
    "CREATE INDEX effects_failed ON effects (id) WHERE state = 'failed'",
    "CREATE INDEX effects_unknown ON effects (id) WHERE state = 'unknown'",
];

fn effects() -> TableCreateStatement {
    Table::create()
        .table("effects")
        .col(uuid("id").primary_key())
        .col(text("account"))
        .col(text("kind"))
        .col(text("state"))
        .col(text("target"))
        .col(text("key"))
        .col(uuid("run_id"))
        .col(uuid("event_id"))
        .col(text("rule"))
        .col(text("path"))
        .col(integer("attempts"))
        .col(big_integer("created_at"))
        .col(big_integer_null("due_at"))
        .col(big_integer_null("claimed_at"))
        .col(big_integer_null("settled_at"))
        .col(big_integer("fence"))
        .col(uuid_null("holder"))
        .foreign_key(
            ForeignKey::create()
                .from("effects", "run_id")
                .to("runs", "id"),
        )
        .to_owned()
}

fn bodies() -> TableCreateStatement {
    Table::create()
        .table("effect_bodies")
        .col(uuid("effect_id").primary_key())
        .col(blob("envelope"))
        .col(blob("body"))
        .foreign_key(
            ForeignKey::create()
                .from("effect_bodies", "effect_id")
                .to("effects", "id"),
        )
        .to_owned()
}

fn attempts() -> TableCreateStatement {
    Table::create()
        .table("effect_attempts")
        .col(uuid("effect_id"))
        .col(integer("number"))
        .col(big_integer("started_at"))
        .col(big_integer("ended_at"))
        .col(text("outcome"))
        .col(integer_null("status"))
        .col(text_null("error"))
        .col(text_null("answer"))
        .primary_key(Index::create().col("effect_id").col("number"))
        .foreign_key(
            ForeignKey::create()
                .from("effect_attempts", "effect_id")
                .to("effects", "id"),
        )
        .to_owned()
}
