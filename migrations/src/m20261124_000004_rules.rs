//! Rule sets: files named by their content, the sets and versions that they make up, and which set is active.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, boolean, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("rule_files")
                    .col(text("hash").primary_key())
                    .col(blob("content"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("rule_sets")
                    .col(text("hash").primary_key())
                    .col(boolean("active"))
                    .col(big_integer("saved_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("rule_versions")
                    .col(text("hash"))
                    .col(text("rule"))
                    .col(big_integer("saved_at"))
                    .primary_key(Index::create().col("hash"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(files_of("rule_set_files", "set_hash", "rule_sets"))
            .await?;
        manager
            .create_table(files_of(
                "rule_version_files",
                "version_hash",
                "rule_versions",
            ))
            .await?;
        manager.create_table(rules_of_sets()).await
    }
}

/// Which file stands at which path of a set or a version.
fn files_of(
    table: &'static str,
    owner: &'static str,
    owners: &'static str,
) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(text(owner))
        .col(text("path"))
        .col(text("file_hash"))
        .primary_key(Index::create().col(owner).col("path"))
        .foreign_key(ForeignKey::create().from(table, owner).to(owners, "hash"))
        .foreign_key(
            ForeignKey::create()
                .from(table, "file_hash")
                .to("rule_files", "hash"),
        )
        .to_owned()
}

/// Which version of a rule a set has.
fn rules_of_sets() -> TableCreateStatement {
    Table::create()
        .table("rule_set_rules")
        .col(text("set_hash"))
        .col(text("rule"))
        .col(text("version_hash"))
        .primary_key(Index::create().col("set_hash").col("rule"))
        .foreign_key(
            ForeignKey::create()
                .from("rule_set_rules", "set_hash")
                .to("rule_sets", "hash"),
        )
        .foreign_key(
            ForeignKey::create()
                .from("rule_set_rules", "version_hash")
                .to("rule_versions", "hash"),
        )
        .to_owned()
}
