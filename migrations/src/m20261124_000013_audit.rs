//! What was changed by whom, answers to repeated requests, and why a hook token is retired.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob_null, integer_null, text, text_null, uuid};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The database itself refuses to change what stands in the log.
const APPEND_ONLY_SQLITE: [&str; 2] = [
    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
];
const APPEND_ONLY_POSTGRES: [&str; 2] = [
    "CREATE FUNCTION audit_log_append_only() RETURNS trigger AS \
     $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        audit_log(manager).await?;
        idempotency_keys(manager).await?;
        // `operator` where a person retired it; what the configuration retired may be alive again.
        let table = Table::alter()
            .table("hook_tokens")
            .add_column(text_null("retired_by"))
            .to_owned();
        manager.alter_table(table).await
    }
}

async fn audit_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let audit_log = Table::create()
        .table("audit_log")
        .col(uuid("id").primary_key())
        .col(big_integer("at"))
        .col(text("key_id"))
        .col(text_null("address"))
        .col(text("operation"))
        .col(text_null("target_kind"))
        .col(text_null("target_id"))
        .col(text_null("reason"))
        // JSON as text: it is only ever shown.
        .col(text_null("before"))
        .col(text_null("after"))
        .col(text_null("request_id"))
        .to_owned();
    manager.create_table(audit_log).await?;
    for (name, column) in [
        ("audit_log_by_key", "key_id"),
        ("audit_log_by_operation", "operation"),
        ("audit_log_by_target", "target_id"),
    ] {
        let index = Index::create()
            .name(name)
            .table("audit_log")
            .col(column)
            .col("id")
            .to_owned();
        manager.create_index(index).await?;
    }
    let connection = manager.get_connection();
    let triggers = match manager.get_database_backend() {
        DbBackend::Postgres => APPEND_ONLY_POSTGRES,
        _ => APPEND_ONLY_SQLITE,
    };
    for trigger in triggers {
        connection.execute_unprepared(trigger).await?;
    }
    Ok(())
}

async fn idempotency_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let idempotency_keys = Table::create()
        .table("idempotency_keys")
        .col(text("caller"))
        .col(text("key_hash"))
        // What was asked for, as a keyed hash: a body may hold a secret.
        .col(text("fingerprint"))
        .col(big_integer("begun_at"))
        // The answer, sealed: it may hold a new key. Nothing while the request is carried out.
        .col(integer_null("status"))
        .col(blob_null("nonce"))
        .col(blob_null("sealed"))
        .primary_key(Index::create().col("caller").col("key_hash"))
        .to_owned();
    manager.create_table(idempotency_keys).await?;
    let index = Index::create()
        .name("idempotency_keys_by_age")
        .table("idempotency_keys")
        .col("begun_at")
        .to_owned();
    manager.create_index(index).await
}
