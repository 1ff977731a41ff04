//! Requests about one person's data: what is searched for, how far it is, what was found, and what others had received.
//!
//! No person is named here: what is searched for stands as a keyed hash.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, integer, text, text_null, uuid,
    uuid_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(requests()).await?;
        manager.create_table(finds()).await?;
        manager.create_table(received()).await
    }
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("privacy_requests")
        .col(uuid("id").primary_key())
        // `erasure` or `export`.
        .col(text("kind"))
        .col(boolean("dry_run"))
        // `pending`, `running`, `completed`, `cancelled` or `failed`.
        .col(text("state"))
        .col(text_null("error"))
        // JSON: what is searched for, and the bookings that follow from it, as keyed hashes.
        .col(blob("terms"))
        .col(blob("followed"))
        // How far it is: which pass over the data, what of it, after which row.
        .col(integer("pass"))
        .col(text("stage"))
        .col(uuid_null("after"))
        .col(big_integer("searched"))
        // JSON: how much was found that has no id of its own; and, at the end, of everything.
        .col(blob("loose"))
        .col(blob_null("counts"))
        .col(text_null("cleaned"))
        .col(text_null("requested_by"))
        // Nothing that came later is touched.
        .col(big_integer("cutoff"))
        .col(big_integer("created_at"))
        .col(big_integer_null("started_at"))
        .col(big_integer_null("ended_at"))
        // Who is at work on it, and when that was last seen.
        .col(uuid_null("holder"))
        .col(big_integer_null("seen_at"))
        .to_owned()
}

fn finds() -> TableCreateStatement {
    Table::create()
        .table("privacy_finds")
        .col(uuid("request_id"))
        // `event` or `run`.
        .col(text("kind"))
        .col(uuid("item"))
        // Whether it is erased.
        .col(boolean("done"))
        .primary_key(Index::create().col("request_id").col("kind").col("item"))
        .foreign_key(
            ForeignKey::create()
                .from("privacy_finds", "request_id")
                .to("privacy_requests", "id"),
        )
        .to_owned()
}

fn received() -> TableCreateStatement {
    Table::create()
        .table("privacy_received")
        .col(uuid("request_id"))
        .col(uuid("effect_id"))
        .col(text("kind"))
        .col(text("host"))
        .col(text("state"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("request_id").col("effect_id"))
        .foreign_key(
            ForeignKey::create()
                .from("privacy_received", "request_id")
                .to("privacy_requests", "id"),
        )
        .to_owned()
}
