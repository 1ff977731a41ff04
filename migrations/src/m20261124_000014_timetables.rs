//! When each rule on a timetable is due next.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let timetables = Table::create()
            .table("timetables")
            .col(text("rule").primary_key())
            // By which it is due: another one starts anew.
            .col(text("timetable"))
            .col(big_integer("next_at"))
            // The tick that was accepted last.
            .col(big_integer_null("last_at"))
            .to_owned();
        manager.create_table(timetables).await
    }
}
