//! Reconciliations: what was asked of Ticketpark, how far it has come, which change became which event, and how records
//! stood when they were seen last.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, text, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(reconciliations()).await?;
        manager.create_table(marks()).await?;
        manager.create_table(snapshots()).await?;
        manager.create_table(changes()).await?;
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}

/// Written out, since the builder knows no partial indexes.
const INDEXES: [&str; 3] = [
    // One at a time, whoever begins it.
    "CREATE UNIQUE INDEX reconciliations_running ON reconciliations (account) WHERE state = 'running'",
    // An event accounts for one change of a resource and no more (NULLs do not clash).
    "CREATE UNIQUE INDEX reconciled_by_event ON reconciled_changes (event_id, resource)",
    // How many events were made lately.
    "CREATE INDEX reconciled_made ON reconciled_changes (at) WHERE outcome = 'made'",
];

fn reconciliations() -> TableCreateStatement {
    Table::create()
        .table("reconciliations")
        .col(uuid("id").primary_key())
        .col(text("account"))
        // `timer` or `operator`.
        .col(text("cause"))
        .col(text("state"))
        .col(text_null("reason"))
        .col(big_integer("since"))
        // Later changes are for the next one.
        .col(big_integer("until"))
        // Which resource is being looked at.
        .col(text_null("resource"))
        .col(big_integer("looked"))
        .col(big_integer("known"))
        .col(big_integer("unchanged"))
        .col(big_integer("made"))
        .col(big_integer("held"))
        .col(big_integer("started_at"))
        .col(big_integer_null("ended_at"))
        .col(uuid_null("holder"))
        .col(big_integer_null("leased_until"))
        .col(big_integer("fence"))
        .to_owned()
}

fn marks() -> TableCreateStatement {
    Table::create()
        .table("reconcile_marks")
        .col(text("account").primary_key())
        // When reconciliation was configured: what changed before is nobody's news.
        .col(big_integer("baseline"))
        // All changes before it have been looked at.
        .col(big_integer("looked_until"))
        .to_owned()
}

fn snapshots() -> TableCreateStatement {
    Table::create()
        .table("reconcile_snapshots")
        .col(text("account"))
        .col(text("resource"))
        .col(text("pid"))
        .col(blob("snapshot"))
        .col(big_integer("seen_at"))
        .primary_key(Index::create().col("account").col("resource").col("pid"))
        .to_owned()
}

fn changes() -> TableCreateStatement {
    Table::create()
        .table("reconciled_changes")
        .col(text("account"))
        .col(text("resource"))
        .col(text("pid"))
        // The instant of the change, or the hash of what is there since.
        .col(text("change"))
        // `known` (an event had come), `unchanged`, `made`, `held`.
        .col(text("outcome"))
        .col(uuid_null("event_id"))
        .col(big_integer("at"))
        .primary_key(
            Index::create()
                .col("account")
                .col("resource")
                .col("pid")
                .col("change"),
        )
        .to_owned()
}
