//! Who may come in, and what must not be read: hook tokens and API keys by their hashes, secrets sealed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let hook_tokens = Table::create()
            .table("hook_tokens")
            .col(text("hash").primary_key())
            .col(text("account"))
            .col(text("name"))
            .col(big_integer("created_at"))
            .col(big_integer_null("retired_at"))
            .col(big_integer_null("last_used_at"))
            .to_owned();
        manager.create_table(hook_tokens).await?;
        let api_keys = Table::create()
            .table("api_keys")
            .col(text("id").primary_key())
            .col(text("name"))
            .col(text("hash"))
            .col(text("scopes"))
            .col(big_integer("created_at"))
            .col(big_integer_null("expires_at"))
            .col(big_integer_null("last_used_at"))
            .col(big_integer_null("revoked_at"))
            .to_owned();
        manager.create_table(api_keys).await?;
        let secrets = Table::create()
            .table("secrets")
            .col(text("namespace"))
            .col(text("name"))
            .col(text("key_id"))
            .col(blob("nonce"))
            .col(blob("sealed"))
            .col(big_integer("updated_at"))
            .primary_key(Index::create().col("namespace").col("name"))
            .to_owned();
        manager.create_table(secrets).await
    }
}
